"""The one next step for an endpoint, and what must be known to decide it.

May import scaling, load, endpoint, schedule, snapshot, duration, errors and wording.
"""

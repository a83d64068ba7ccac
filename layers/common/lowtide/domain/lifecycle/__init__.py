"""The one next step for an endpoint, and what must be known to decide it.

May import all of lowtide.domain but history.
"""

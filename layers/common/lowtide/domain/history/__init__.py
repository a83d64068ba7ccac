"""What was done to an endpoint, when and why, and what it cost or saved.

May import lifecycle, endpoint, snapshot and wording.
"""

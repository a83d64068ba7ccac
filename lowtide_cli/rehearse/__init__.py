"""`lowtide rehearse`: proves with a copy that an endpoint can be created again.

May import lowtide, schedules, status and terminal.
"""

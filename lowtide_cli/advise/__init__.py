"""`lowtide advise`: which kind of endpoint to use, and which target a measurement allows.

May import lowtide.adapters, lowtide.domain, prices, schedules, templates,
terminal and verify.
"""

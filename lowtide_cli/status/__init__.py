"""The commands `status`, `can-delete`, `floors` and `savings`: what the deployed stack reports.

May import lowtide, prices, schedules, templates and terminal.
"""

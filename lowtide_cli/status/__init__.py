"""The command `status`: what the deployed stack reports.

May import lowtide, schedules and terminal.
"""

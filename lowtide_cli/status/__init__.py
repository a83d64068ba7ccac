"""The commands `status` and `can-delete`: what the deployed stack reports.

May import lowtide, schedules and terminal.
"""

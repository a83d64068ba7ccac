"""An endpoint as AWS shows it, and as the file wants it.

May import schedule.
"""

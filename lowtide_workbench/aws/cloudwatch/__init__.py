"""CloudWatch: metrics, metric math, alarms, and EMF from function logs.

May import protocol and virtual_time.
"""

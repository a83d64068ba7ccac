"""CloudWatch: metrics, metric math, alarms, and EMF from function logs.

May import protocol, virtual_time and account.
"""

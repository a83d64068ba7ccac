"""EventBridge: the bus, rules, schedules and their targets.

May import protocol.
"""

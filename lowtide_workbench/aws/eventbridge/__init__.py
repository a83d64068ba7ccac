"""EventBridge: the bus, rules, schedules and their targets.

May import protocol, schedule_expressions, template_specs and account.
"""

"""Lambda: its API, functions in sandboxes, and what triggers them.

May import cloudwatch, eventbridge, iam, protocol, virtual_time, schedule_expressions,
template_specs and account.
"""

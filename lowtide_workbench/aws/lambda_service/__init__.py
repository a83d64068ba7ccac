"""Lambda: functions in sandboxes, invocations and the SQS poller.

May import cloudwatch, iam, protocol, virtual_time, template_specs and account.
"""

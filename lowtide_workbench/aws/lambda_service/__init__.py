"""Lambda: functions in sandboxes, invocations and the SQS poller.

May import cloudwatch, eventbridge, protocol and virtual_time.
"""

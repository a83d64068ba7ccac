"""What calls the functions of Lambda's API: schedules, rules and queues.

May import lowtide_workbench.aws.account, lowtide_workbench.aws.cloudwatch,
lowtide_workbench.aws.eventbridge, lowtide_workbench.aws.protocol,
lowtide_workbench.aws.schedule_expressions, lowtide_workbench.aws.template_specs, api, function,
invoker, roles and sqs_poller.
"""

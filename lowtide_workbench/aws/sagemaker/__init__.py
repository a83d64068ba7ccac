"""SageMaker hosting: endpoints, configurations, models, traffic and metrics.

May import cloudwatch, eventbridge, protocol, virtual_time, settings, account and
lowtide_workbench.fleet.
"""

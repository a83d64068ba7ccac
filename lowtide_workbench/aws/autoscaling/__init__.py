"""Application Auto Scaling: targets, policies, scheduled actions and the engine.

May import sagemaker, cloudwatch, protocol, virtual_time, schedule_expressions, account
and lowtide_workbench.fleet.
"""

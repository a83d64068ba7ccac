"""Asynchronous inference: the queue of each endpoint, its workers, results, messages and metrics.

May import lowtide_workbench.aws.account, lowtide_workbench.aws.cloudwatch,
lowtide_workbench.aws.protocol, lowtide_workbench.aws.sagemaker, lowtide_workbench.aws.settings,
lowtide_workbench.fleet, echo and routing.
"""

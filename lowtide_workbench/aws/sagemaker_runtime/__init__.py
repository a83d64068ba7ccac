"""SageMaker's runtime: what a client gets that invokes an endpoint.

May import account, virtual_time, protocol, sagemaker, cloudwatch, settings and
lowtide_workbench.fleet.
"""

"""SageMaker's runtime: what a client gets that invokes an endpoint.

May import account, settings, virtual_time, protocol and sagemaker.
"""

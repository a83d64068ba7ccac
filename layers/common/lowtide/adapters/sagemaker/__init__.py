"""SageMaker endpoints and their configurations.

May import lowtide.domain and the adapters' aws_errors and parallel; no other service's adapter.
"""

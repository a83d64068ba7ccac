"""SageMaker endpoints and their configurations.

May import lowtide.domain and aws_errors; no other service's adapter.
"""

"""`lowtide verify-metrics`: what SageMaker means by ConcurrentRequestsPerModel in this account."""

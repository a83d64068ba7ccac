"""The publisher function: readings of CloudWatch made into the metric.

May import the adapters of CloudWatch and SageMaker, domain.load and domain.endpoint.
"""

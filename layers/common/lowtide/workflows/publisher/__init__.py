"""The publisher function: readings of CloudWatch made into the metric.

May import lowtide.adapters, lowtide.observability, lowtide.domain.load, lowtide.domain.endpoint
and lowtide.domain.errors; no other function's workflow.
"""

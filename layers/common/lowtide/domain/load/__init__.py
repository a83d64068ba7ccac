"""Open streams, concurrency and capacity, and the metric made of them.

May import lowtide.domain.endpoint and lowtide.domain.errors.
"""

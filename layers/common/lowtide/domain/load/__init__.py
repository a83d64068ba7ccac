"""Open streams, concurrency and capacity, and the metric made of them.

May import endpoint and errors.
"""

"""Benchmarks of Lowtide's functions, its schedules and the embedded AWS: `make bench`.

May import lowtide, aws and checkout.
"""

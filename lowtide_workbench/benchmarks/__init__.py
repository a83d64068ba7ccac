"""Benchmarks of Lowtide's functions and the embedded AWS: `make bench`.

May import lowtide, aws and checkout.
"""

"""`lowtide verify-metrics`: what ConcurrentRequestsPerModel means in an account.

May import lowtide.adapters and lowtide.domain.
"""

"""`lowtide verify-metrics`: what ConcurrentRequestsPerModel means in an account.

May import lowtide.adapters, lowtide.domain and terminal.
"""

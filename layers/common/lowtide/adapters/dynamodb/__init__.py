"""Lowtide's table: overrides, snapshots, stored state and history.

May import lowtide.domain and the adapters' aws_errors and parallel; no other service's adapter.
"""

"""Lowtide's table: overrides, snapshots, stored state and history.

May import lowtide.domain, lowtide.validation and aws_errors; no other service's adapter.
"""

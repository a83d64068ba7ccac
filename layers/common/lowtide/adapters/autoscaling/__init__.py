"""Application Auto Scaling and its alarms: what is registered, read and put.

May import lowtide.domain and the adapters' aws_errors and parallel; no other service's adapter.
"""

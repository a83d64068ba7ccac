"""Application Auto Scaling and its alarms: what is registered, read and put.

May import lowtide.domain and aws_errors; no other service's adapter.
"""

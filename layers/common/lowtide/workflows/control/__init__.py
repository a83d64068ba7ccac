"""The control function: overrides, status and questions about schedules.

May import lowtide.adapters, lowtide.domain, lowtide.validation, decision, gather and services;
no other function's workflow.
"""

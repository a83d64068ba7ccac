"""The control function: overrides, status and questions about schedules.

May import the adapters, lowtide.config and lowtide.domain; no other function's workflow.
"""

"""The reconciler function: at most one step for one endpoint.

May import the adapters and lowtide.domain; no other function's workflow.
"""

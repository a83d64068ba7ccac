"""The reconciler function: at most one step for one endpoint.

May import lowtide.domain, decision, gather and services; no other function's workflow.
"""

"""The planner function: floors learned from the published load, and put in force.

May import lowtide.adapters, lowtide.domain and lowtide.observability; no other function's workflow.
"""

"""The model of a fleet: pools, routing, provisioning and scaling, in seconds and counts.

May import nothing of Lowtide outside it.
"""

"""The model of a fleet: pools, routing, provisioning and scaling, in seconds and counts.

May import nothing else of Lowtide.
"""

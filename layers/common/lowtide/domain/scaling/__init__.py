"""What Application Auto Scaling is to hold for an endpoint, and what it holds.

May import endpoint and snapshot.
"""

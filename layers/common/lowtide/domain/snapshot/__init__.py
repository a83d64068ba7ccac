"""What dies with an endpoint, saved as requests, and how it is restored.

May import wording.
"""

"""What dies with an endpoint, saved as requests, and how it is put back.

May import wording.
"""

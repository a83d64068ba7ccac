"""What was done to an endpoint, when and why, and what it cost or saved.

May import all of lowtide.domain.
"""

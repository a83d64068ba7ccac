"""What dies with an endpoint, saved as requests, and how it is restored.

May import lowtide.domain's errors, duration and wording.
"""

"""What dies with an endpoint, saved as requests, and how it is put back.

May import lowtide.domain's errors, duration and wording.
"""

"""When an endpoint is to be awake, why, and when that changes next.

May import lowtide.domain's errors, duration and wording.
"""

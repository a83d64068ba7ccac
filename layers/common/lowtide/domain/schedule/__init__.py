"""When an endpoint is to be awake, why, and when that changes next.

May import duration and wording.
"""

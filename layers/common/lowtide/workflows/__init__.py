"""What each function does, in a package of its own, and what those of the lifecycle share.

May import adapters, domain, observability and validation; no function's workflow imports another's.
"""

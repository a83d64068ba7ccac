"""What each function does, in a package of its own, and what those of the lifecycle share.

May import lowtide.adapters, domain and observability; no workflow imports another's.
"""

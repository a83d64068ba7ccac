"""The cold start of each function, against a function with the same clients and calls alone.

May import nothing else of Lowtide.
"""

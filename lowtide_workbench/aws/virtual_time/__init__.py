"""The one virtual clock, and how threads and functions wait on it.

May import nothing else of Lowtide.
"""

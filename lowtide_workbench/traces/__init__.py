"""Calls of a day: read from files, or made from figures of a published trace.

May import nothing of Lowtide outside it.
"""

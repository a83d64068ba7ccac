"""Calls of a day: read from files, or made from figures of a published trace.

May import nothing else of Lowtide.
"""

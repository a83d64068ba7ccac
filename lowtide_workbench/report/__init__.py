"""The report of a run: an HTML page with charts, and the same on a terminal.

Imports nothing else of Lowtide.
"""

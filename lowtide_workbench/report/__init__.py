"""The report of a played day: its model, its page and its summary on a terminal.

May import lowtide.domain.wording.
"""

"""Commands that read the file: check, preview, explain, schema.

May import lowtide, prices, templates and terminal.
"""

"""The `lowtide` command: what an operator installs, without the embedded AWS.

May import lowtide and lowtide_workbench; the second only where it is installed.
"""

"""The `lowtide` command: what an operator installs, without the embedded AWS.

May import lowtide; lowtide_workbench only where it is installed.
"""

"""Drills: what goes wrong in the embedded AWS on purpose, for a time, while it runs.

May import lowtide, lowtide_cli.schedules, lowtide_cli.terminal, lowtide_workbench.aws and
lowtide_workbench.fleet.
"""

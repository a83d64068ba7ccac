"""Benchmarks of Lowtide's functions, its schedules and the embedded AWS: `make bench`.

May import all of lowtide, lowtide_cli and lowtide_workbench.
"""

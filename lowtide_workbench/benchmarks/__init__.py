"""Benchmarks: calls, time and memory, as ratios.

May import all of lowtide, lowtide_cli and lowtide_workbench.
"""

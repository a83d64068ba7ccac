"""The embedded AWS as a server: HTTP on loopback, and a clock that runs.

May import lowtide, lowtide_workbench.aws, report and traces.
"""

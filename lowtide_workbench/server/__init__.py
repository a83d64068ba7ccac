"""The embedded AWS as a server: HTTP on loopback, and a clock that runs.

May import lowtide, lowtide_cli.schedules, lowtide_cli.status, lowtide_cli.terminal, aws, checkout,
fleet, report and traces.
"""

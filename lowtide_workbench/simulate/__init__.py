"""Plays calls against scaling policies, and compares what each costs and how many calls it fails.

May import lowtide.adapters, lowtide.config, lowtide.domain, lowtide_cli.schedules,
lowtide_cli.terminal, lowtide_cli.verify, fleet, report and traces.
"""

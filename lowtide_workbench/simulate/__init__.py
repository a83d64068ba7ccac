"""Plays calls against scaling policies, and compares what each costs and how many calls it fails.

May import lowtide.config, lowtide.domain.curve, lowtide.domain.endpoint, lowtide.domain.schedule,
lowtide_cli.schedules, lowtide_cli.terminal, fleet, report and traces.
"""

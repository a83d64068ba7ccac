"""Working days of a call centre, played through the whole system on a virtual clock.

May import lowtide, lowtide_cli.prices, lowtide_cli.schedules, lowtide_cli.terminal, aws,
checkout, fleet, report, simulate and traces.
"""

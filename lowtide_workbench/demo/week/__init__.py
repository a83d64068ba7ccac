"""A week of three endpoints under several ways to scale them, for the comparison of the demo.

May import lowtide.domain.curve, lowtide.domain.schedule, lowtide_cli.prices,
lowtide_cli.schedules, lowtide_workbench.demo.scenario, lowtide_workbench.report,
lowtide_workbench.simulate and lowtide_workbench.traces.
"""

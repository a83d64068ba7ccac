"""The model: calls, fleets of many policies and seeds at once, target tracking and floors.

May import lowtide.domain.curve, lowtide.domain.schedule and lowtide_workbench.fleet.
"""

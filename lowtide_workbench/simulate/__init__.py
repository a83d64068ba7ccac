"""Plays calls against scaling policies, and compares what each costs and how many calls it fails.

May import lowtide.domain.curve, lowtide.domain.schedule, fleet and traces.
"""

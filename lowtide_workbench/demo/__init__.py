"""Working days of a call centre, played through the whole system on a virtual clock.

May import lowtide, lowtide_workbench.aws, fleet, report and traces.
"""

"""Two working days of a call centre, played through the whole system on a virtual clock.

May import aws, fleet, report and traces of this package, lowtide and lowtide_cli.
"""

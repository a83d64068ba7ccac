"""What a minute of the scheduler costs, against answers from this machine.

May import lowtide and lowtide_workbench.benchmarks.harness.
"""

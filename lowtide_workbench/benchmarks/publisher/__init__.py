"""What a minute of the publisher costs, against answers from this machine.

May import lowtide and harness.
"""

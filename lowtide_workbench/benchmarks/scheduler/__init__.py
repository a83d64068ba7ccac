"""What a minute of the scheduler costs, against answers from this machine.

May import lowtide, harness and publisher.
"""

"""What an invocation of a function costs, against answers from this machine.

May import nothing else of Lowtide.
"""

"""What an invocation of a function costs, against answers from this machine."""

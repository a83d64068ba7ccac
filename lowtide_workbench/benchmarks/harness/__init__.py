"""Measures one function in a process of its own, against a server that answers like AWS."""

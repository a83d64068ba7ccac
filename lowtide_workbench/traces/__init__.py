"""Traffic: traces of calls from files, and a generator with the profile of a call centre.

Imports nothing else of Lowtide.
"""

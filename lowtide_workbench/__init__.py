"""A cloud on a laptop: the embedded AWS, the demo, the server and the benchmarks.

May import lowtide and lowtide_cli.
"""

"""`lowtide aws`: the embedded AWS as an HTTP server on loopback, with a clock that runs.

May import aws, report and traces of this package, and lowtide.
"""

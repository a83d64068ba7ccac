"""The embedded AWS as a server: HTTP on loopback, a clock that runs, a file to keep it in."""

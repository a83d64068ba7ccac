"""The code of functions and layers: unpacked, compared with this process, imported.

May import lowtide_workbench.aws.protocol.
"""

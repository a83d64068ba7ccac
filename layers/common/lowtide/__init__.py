"""Lowtide: SageMaker endpoints that sleep on schedule and wake with everything they had.

Runs in Lambda. May import nothing else of Lowtide: neither lowtide_cli nor lowtide_workbench.
"""

from zoneinfo import reset_tzpath

# The pinned tzdata instead of the machine's: a laptop and every Lambda show the same clocks.
reset_tzpath(to=())

"""Lowtide: SageMaker endpoints that sleep when nobody needs them, with nothing lost."""

from zoneinfo import reset_tzpath

# The pinned tzdata instead of the machine's: a laptop and every Lambda show the same clocks.
reset_tzpath(to=())

"""Lowtide: SageMaker endpoints that sleep when nobody needs them, with nothing lost."""

from zoneinfo import reset_tzpath

# The same clocks in Lambda and on every laptop: the pinned tzdata, never what the machine brings.
reset_tzpath(to=())

"""What a trace is made of."""

from typing import NamedTuple


class Session(NamedTuple):
    """One call: whole seconds since a Monday 00:00 local time, and how long it lasts."""

    arrival_s: int
    duration_s: int

"""A ramp in the terminal: its points, the capacity, and what to write into the file."""

from collections.abc import Iterator, Sequence
from math import floor

from rich.console import Console

from lowtide_cli.advise.ramp import HIGHEST_SHARE, LOWEST_SHARE, Ramp

TARGET = 0.75
_WIDTH = 40  # of the bar of the longest latency that is drawn
_DRAWN = 2  # times the limit; beyond, a bar says nothing more


def show(ramps: Sequence[Ramp], console: Console) -> None:
    for ramp in ramps:
        for line in _lines(ramp):
            console.print(line)
    for line in for_the_file(ramps):
        console.print(line)


def for_the_file(ramps: Sequence[Ramp]) -> Iterator[str]:
    yield "In the file of the environment, for this endpoint:"
    yield "    scaling:"
    yield "      capacity:"
    yield from (f"        {ramp.instance_type}: {ramp.capacity}" for ramp in ramps)
    yield f"      target: {TARGET}"
    if len(ramps) == 1:
        (ramp,) = ramps
        yield ""
        yield f"Without Lowtide: a TargetValue of {ramp.capacity * TARGET:g} on"
        yield "SageMakerVariantConcurrentRequestsPerModelHighResolution, for one type only."


def target_streams(ramp: Ramp) -> tuple[int, int]:
    """Returns the whole streams at 70 and at 80 % of the capacity."""
    low, high = (floor(ramp.capacity * share + 1e-9) for share in (LOWEST_SHARE, HIGHEST_SHARE))
    return low, high


def _lines(ramp: Ramp) -> Iterator[str]:
    yield f"{ramp.instance_type} holds {ramp.capacity} streams below {ramp.limit:g} ms."
    yield "streams   latency"
    for point in ramp.points:
        drawn = min(point.latency, _DRAWN * ramp.limit) / (_DRAWN * ramp.limit)
        bar = "█" * round(drawn * _WIDTH)
        note = "  < the last below the limit" if point == ramp.held else ""
        yield f"{point.streams:7}  {point.latency:5.0f} ms  {bar}{note}"
    low, high = target_streams(ramp)
    yield f"70 to 80 % of it: {low} to {high} streams. The rest is for the minutes until an"
    yield "instance more is in service."
    if ramp.coarse:
        yield f"It may hold more: the next measurement is at {ramp.failed.streams} streams."
    yield ""

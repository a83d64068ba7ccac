"""`lowtide floors`: the last week's streams beside the floors that were learned."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from lowtide_cli.status.command import ask
from lowtide_cli.terminal import SafeConsole

_BLOCKS = "▁▂▃▄▅▆▇█"
_NO_READING, _NOTHING = "·", " "
_AXIS = f"{'':13}" + "".join(f"{hour:<12}" for hour in ("00:00", "06:00", "12:00", "18:00"))


def floors(
    endpoint: Annotated[str, typer.Option(help="The endpoint.")],
    stack: Annotated[str, typer.Option(help="The name of the stack.")] = "lowtide-dev",
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="Default: as boto3 finds it.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the answer as it is.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a page with charts, too.")] = None,
) -> None:
    """Draw the streams of the last seven days, and the floors that hold them now."""
    answer = ask({"action": "floors", "endpoint": endpoint}, stack, profile, region)
    if json_:
        typer.echo(json.dumps(answer, indent=2))
        return
    console = SafeConsole(highlight=False)
    for line in drawn(answer):
        console.print(line)
    if html:
        # Imported here, so that other commands do not wait for Jinja.
        from lowtide_cli.status import floors_page

        floors_page.write(answer, html)
        console.print(f"\nThe page: {html}", soft_wrap=True)


def drawn(answer: Mapping[str, Any]) -> Iterator[str]:
    """Yields the lines; streams and what the floors hold have one scale."""
    capacity, days = answer["capacity"], answer["days"]
    held = [[floor * capacity for floor in day["floors"]] for day in days]
    seen = (x for day in days for x in (*day["streams"], *day["in_service"]) if x)
    most = max([1.0, *seen, *map(max, held)])
    yield f"{answer['endpoint']}, clock of {answer['timezone']}; full height is {most:g} streams"
    yield _AXIS
    for day, holds in zip(days, held, strict=True):
        known = [reading for reading in day["streams"] if reading is not None]
        peak = f"peak {max(known):g}" if known else "no readings"
        full = f", full {day['full']:.1%}" if day["full"] else ""
        yield f"{date.fromisoformat(day['on']):%a %d %b}"
        yield f"  {'streams':10} {_line(day['streams'], most)} {peak}{full}"
        if any(reading is not None for reading in day["in_service"]):
            yield f"  {'in service':10} {_line(day['in_service'], most)}"
        yield f"  {'floors':10} {_line(holds, most)} up to {max(day['floors'])}"


def _line(values: Sequence[float | None], most: float) -> str:
    return "".join(_NO_READING if value is None else _block(value / most) for value in values)


def _block(share: float) -> str:
    return _BLOCKS[min(len(_BLOCKS) - 1, int(share * len(_BLOCKS)))] if share > 0 else _NOTHING

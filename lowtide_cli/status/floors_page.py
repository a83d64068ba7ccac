"""The page of `lowtide floors --html`: a chart a day, which needs no network."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from lowtide_cli.templates import template

_HEIGHT = 100  # of a chart, in the units of its drawing; a half hour is 10 wide


def write(answer: Mapping[str, Any], path: Path) -> None:
    """`answer` is the control function's, as `lowtide floors --json` prints it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page = template(Path(__file__).with_name("floors.html")).render(
        endpoint=answer["endpoint"],
        timezone=answer["timezone"],
        capacity=f"{answer['capacity']:g}",
        days=list(_days(answer)),
        has_service=any(x is not None for day in answer["days"] for x in day["in_service"]),
        height=_HEIGHT,
        hours=range(0, 24, 3),
    )
    path.write_text(page, encoding="utf-8")


def _days(answer: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """Yields the shapes of each day; all days have one scale."""
    held = [[floor * answer["capacity"] for floor in day["floors"]] for day in answer["days"]]
    seen = (x for day in answer["days"] for x in (*day["streams"], *day["in_service"]) if x)
    most = max([1.0, *seen, *map(max, held)])
    for day, holds in zip(answer["days"], held, strict=True):
        known = [x for x in day["streams"] if x is not None]
        on = date.fromisoformat(day["on"])
        yield {
            "name": f"{on:%a} {on.day} {on:%b}",
            "most": f"{most:g}",
            "peak": f"peak {max(known):g} streams" if known else "no readings",
            "full": f"{day['full']:.1%} of readings above a pool's capacity" if day["full"] else "",
            "floors": f"floors up to {max(day['floors'])}",
            "bars": list(_bars(day["streams"], most)),
            "held": _steps(holds, most),
            "service": _steps(day["in_service"], most),
        }


def _bars(streams: Sequence[float | None], most: float) -> Iterator[dict[str, float]]:
    for slot, value in enumerate(streams):
        if value is not None:
            height = round(value / most * _HEIGHT, 1)
            yield {"x": slot * 10 + 1, "y": _HEIGHT - height, "height": height}


def _steps(values: Sequence[float | None], most: float) -> str:
    """Returns an SVG path with a level line a half hour, interrupted where there is no value."""
    path, pen_is_down = [], False
    for slot, value in enumerate(values):
        if value is None:
            pen_is_down = False
            continue
        y = round(_HEIGHT - value / most * _HEIGHT, 1)
        path.append(f"{'L' if pen_is_down else 'M'}{slot * 10} {y}H{slot * 10 + 10}")
        pen_is_down = True
    return "".join(path)

"""The charts of the page, in Plotly's figure format; colours are named as in page.css."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lowtide_workbench.report.figure_parts import steps
from lowtide_workbench.simulate.advice import index_of
from lowtide_workbench.simulate.outcomes import Outcome
from lowtide_workbench.simulate.study import Study
from lowtide_workbench.simulate.wording import day, percent, setting_of, usd

_COLOURS = ("capacity", "published", "pool-1", "pool-3", "pool-4", "lowtide", "soft")
_LEAST_SHOWN = 0.01  # percent: a logarithmic axis has no zero


@dataclass(frozen=True, slots=True)
class Chart:
    name: str
    title: str
    description: str
    legend: Sequence[tuple[str, str, str]]  # name, colour, class of page.css
    data: Sequence[dict[str, Any]]
    layout: dict[str, Any]


def charts(study: Study) -> list[Chart]:
    shown, worst = study.nearest, study.nearest.worst_day
    week = [on for on in study.scored if timedelta(0) <= study.scored[-1] - on < timedelta(7)]
    return [
        _quality(study),
        _days(study, "week", "The last week", shown, week),
        _days(study, "worst", f"The worst day, {day(study, worst)}", shown, [worst]),
    ]


def _quality(study: Study) -> Chart:
    colours = {
        family.name: colour
        for (family, _), colour in zip(study.swept, _colours(study), strict=True)
    }
    return Chart(
        "quality",
        "Cost against quality",
        "Each point is one setting. Left is better for the calls, below is cheaper.",
        [(name, colour, "line") for name, colour in colours.items()],
        [_sweep(study, name, found, colours[name]) for name, found in _named(study)],
        {
            **_layout(420),
            "hovermode": "closest",
            "xaxis": {
                "type": "log",
                "title": {"text": "calls without room, percent"},
                "gridcolor": "@rule",
                "tickvals": [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
                "fixedrange": True,
            },
            "yaxis": _axis("USD a week"),
        },
    )


def _colours(study: Study) -> Sequence[str]:
    """A family keeps its colour, however many there are: the last two are floors and bound."""
    others = len(study.swept) - 2
    return (*_COLOURS[:others], *_COLOURS[-2:])


def _named(study: Study) -> Sequence[tuple[str, Sequence[Outcome]]]:
    return [(family.name, found) for family, found in study.swept]


def _sweep(study: Study, name: str, found: Sequence[Outcome], colour: str) -> dict[str, Any]:
    bound = name == study.swept[-1][0].name
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [max(_LEAST_SHOWN, 100 * outcome.failed) for outcome in found],
        "y": [outcome.usd_a_week for outcome in found],
        "text": [
            f"{name}, {setting_of(outcome)}: {percent(outcome.failed)}, {usd(outcome.usd_a_week)}"
            for outcome in found
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": f"@{colour}", "width": 2, "dash": "dot" if bound else "solid"},
        "marker": {"size": 7, "color": f"@{colour}"},
    }


def _days(study: Study, name: str, title: str, shown: Outcome, days: Sequence[Any]) -> Chart:
    """Streams, and what the fleet of the first seed could hold."""
    n, first = index_of(study, shown), shown.policy.pools[0].capacity
    bins = [at for at, played in enumerate(study.script.bins) if played.day in set(days)]
    times = [_clock(study, at) for at in bins]
    streams = study.streams
    capacity = [float(study.played.capacity[at, n]) for at in bins]
    floor = [
        float(study.played.floor[at, n]) * first if study.script.bins[at].is_open else 0
        for at in bins
    ]
    area = {"fill": "tozeroy", "fillcolor": "@capacity-fill", "x": times}
    return Chart(
        name,
        title,
        "The setting that is advised: streams, the floor, and what the instances hold.",
        [
            ("streams", "streams", "line"),
            (f"floor, at {first} streams an instance", "lowtide", "dash"),
            ("capacity in service", "capacity-fill", "area"),
        ],
        [
            steps("capacity", capacity, "capacity", 1, **area),
            steps("floor", floor, "lowtide", 1.4, dash="4px,2px", x=times),
            steps("streams", [int(streams[at]) for at in bins], "streams", 1.6, x=times),
        ],
        {
            **_layout(320),
            "hovermode": "x unified",
            "xaxis": _times(study),
            "yaxis": _axis("streams"),
        },
    )


def _clock(study: Study, at: int) -> str:
    played = study.script.bins[at]
    return f"{played.day:%Y-%m-%d} {played.of_day // 12:02}:{played.of_day % 12 * 5:02}"


def _times(study: Study) -> dict[str, Any]:
    """Of a trace, which has no dates, weekdays alone."""
    date = " %d %b" if study.setting.has_dates else ""
    return {
        "type": "date",
        "gridcolor": "@rule",
        "tickformat": f"%H:%M\n%a{date}",
        "hoverformat": f"%a{date}, %H:%M",
    }


def _axis(title: str) -> dict[str, Any]:
    return {"title": {"text": title}, "rangemode": "tozero", "gridcolor": "@rule", "nticks": 6}


def _layout(height: int) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 64, "r": 16, "t": 10, "b": 52},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 12, "color": "@soft"},
        "hoverlabel": {"bgcolor": "@card", "bordercolor": "@rule", "font": {"color": "@ink"}},
        "showlegend": False,
    }

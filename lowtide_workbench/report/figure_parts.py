"""Parts of the charts in Plotly's figure format: traces, shapes and layouts.

A colour such as "@streams" names a variable of page.css; page.js puts in its value, light or dark.
A trace without `x` has one value a minute; page.js gives it the minutes, which all share.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

from lowtide_workbench.report.model import Report, Span
from lowtide_workbench.report.summary import local, played, time_range

LABEL_HEIGHT_PX = 18
DAY_MS = 24 * 60 * 60 * 1000


def steps(
    name: str, values: Sequence[float | None], colour: str, width: float, **more: Any
) -> dict[str, Any]:
    """A line of values, each of which holds for its minute."""
    dash = more.pop("dash", "solid")
    return {
        "type": "scatter",
        "mode": "lines",
        "name": escape(name),
        "y": values,
        "line": {"shape": "hv", "width": width, "color": f"@{colour}", "dash": dash},
        "hovertemplate": "%{y}",
        "connectgaps": False,
        **more,
    }


def bar(row: str, text: str, colour: str, span: Span, report: Report) -> dict[str, Any]:
    """A span in one row of a band, with its name inside where there is room."""
    length = span.end - span.start
    return {
        "type": "bar",
        "orientation": "h",
        "y": [row],
        "base": [instant(span.start, report)],
        "x": [length / timedelta(milliseconds=1)],
        "marker": {"color": f"@{colour}", "line": {"width": 0}},
        "text": [escape(text)],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "insidetextfont": {"color": f"@{colour}-text"},
        "hovertemplate": f"{escape(text)}, {time_range(span, report)}<extra></extra>",
    }


def shade(span: Span, colour: str, report: Report) -> dict[str, Any]:
    """A coloured span behind a whole chart."""
    return {
        "type": "rect",
        "layer": "below",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": instant(span.start, report),
        "x1": instant(span.end, report),
        "fillcolor": f"@{colour}",
        "line": {"width": 0},
    }


def drought_labels(report: Report) -> list[dict[str, Any]]:
    """Above the plot, one under the other, each from the edge that leaves it the most room."""
    run = played(report)
    return [
        {
            "text": f"no {escape(name)}, {time_range(span, report)}",
            "x": instant(span.start if early else span.end, report),
            "xanchor": "left" if early else "right",
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": LABEL_HEIGHT_PX * rank,
            "showarrow": False,
            "font": {"color": "@drought"},
        }
        for rank, (name, span) in enumerate(report.droughts.items())
        for early in [span.start - run.start < run.end - span.end]
    ]


def layout(report: Report, height: int, labels: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A layout with the time axis that all charts share, and room above for labels."""
    run = played(report)
    return {
        "height": height + LABEL_HEIGHT_PX * len(labels),
        "margin": {"l": 56, "r": 16, "t": 10 + LABEL_HEIGHT_PX * len(labels), "b": 44},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 12, "color": "@soft"},
        "hoverlabel": {"bgcolor": "@card", "bordercolor": "@rule", "font": {"color": "@ink"}},
        "hovermode": "x unified",
        "showlegend": False,
        "xaxis": {
            "type": "date",
            "range": [instant(run.start, report), instant(run.end, report)],
            "gridcolor": "@rule",
            "tickformatstops": [
                {"dtickrange": [None, DAY_MS - 1], "value": "%H:%M\n%a %d %b"},
                {"dtickrange": [DAY_MS, None], "value": "%a %d %b"},
            ],
            "ticks": "outside",
            "ticklen": 6,
            "tickcolor": "@rule",
            "spikecolor": "@soft",
            "spikethickness": 1,
            "spikedash": "solid",
            "hoverformat": "%a %d %b, %H:%M",
            "zeroline": False,
        },
        "yaxis": {
            "rangemode": "nonnegative",
            "fixedrange": True,
            "gridcolor": "@rule",
            "zerolinecolor": "@rule",
            "nticks": 6,
        },
        "shapes": [],
        "annotations": list(labels),
    }


def instant(at: datetime, report: Report) -> str:
    """Local time as text: Plotly knows no time zones."""
    return local(at, report).strftime("%Y-%m-%d %H:%M:%S")

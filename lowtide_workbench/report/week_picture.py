"""The comparison of a week as a picture: SVG, in the light or dark colours of who looks at it."""

from itertools import accumulate
from pathlib import Path
from typing import Any

from lowtide_workbench.report.templates import template
from lowtide_workbench.report.week import FULL, Row, Week

_LEFT, _TOP, _ROW = 240, 58, 44
_USD_WIDTH, _FULL_WIDTH = 370, 200


def picture(week: Week) -> str:
    """Returns the SVG: bars of USD a week, and beside each the share of the calls."""
    most = max(row.total for row in week.rows)
    return template(Path(__file__).with_name("week.svg"), keep_trailing_newline=True).render(
        title=f"USD a week and {FULL}, by the way to scale",
        height=_TOP + _ROW * len(week.rows) + 8,
        names=list(week.rows[0].usd),
        bars=[_bar(row, _TOP + _ROW * n, most) for n, row in enumerate(week.rows)],
    )


def _bar(row: Row, y: int, most: float) -> dict[str, Any]:
    widths = [round(cost / most * _USD_WIDTH, 1) for cost in row.usd.values()]
    starts = [round(_LEFT + each, 1) for each in accumulate(widths, initial=0.0)]
    return {
        "way": row.way,
        "strong": row.is_lowtide,
        "y": y,
        "parts": [{"x": x, "width": width} for x, width in zip(starts, widths, strict=False)],
        "end": starts[-1],
        "total": row.cells[-2],
        "full": row.cells[-1],
        "full_width": round(row.full * _FULL_WIDTH, 1),
    }

import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from lowtide_workbench.report.model import Report
from lowtide_workbench.report.page import write
from lowtide_workbench.report.terminal import show
from lowtide_workbench.report.week import Row, Week, markdown
from lowtide_workbench.report.week_picture import picture


@pytest.fixture
def week() -> Week:
    rows = (
        Row("A fixed fleet", {"development": 205.3, "production": 5953.6}, 0.0),
        Row("Lowtide & floors", {"development": 84.0, "production": 1537.4}, 0.0024),
    )
    return Week(rows, 1000, ("An instance starts in 5 minutes",))


def test_the_table_has_a_row_a_way_with_the_sum_and_the_share_of_the_calls(week: Week) -> None:
    assert list(markdown(week)) == [
        "| USD a week | development | production | all | calls full |",
        "|---|--:|--:|--:|--:|",
        "| A fixed fleet | $205 | $5,954 | $6,159 | 0.0 % |",
        "| Lowtide & floors | $84 | $1,537 | $1,621 | 0.2 % |",
    ]


def test_the_bars_of_the_picture_are_as_long_as_their_figures(week: Week) -> None:
    widths = [float(width) for width in re.findall(r'width="([\d.]+)" height="28"', picture(week))]
    fixed, floors = widths[:2], widths[3:5]
    assert sum(floors) / sum(fixed) == pytest.approx(1621.4 / 6158.9, abs=0.001)
    assert widths[2] == 0 < widths[5]


def test_the_comparison_comes_first_on_the_terminal_and_fits_80_columns(
    report: Report, week: Week
) -> None:
    out = StringIO()
    show(replace(report, week=week), Console(file=out, width=80))
    text = out.getvalue()
    assert text.index("$1,621") < text.index("starts in 5 minutes") < text.index("slept")
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


def test_the_page_has_the_table_the_picture_and_what_is_assumed(
    report: Report, week: Week, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    write(replace(report, week=week), path)
    page = path.read_text()
    assert "<td>Lowtide &amp; floors</td>" in page
    assert (
        page.index("<svg")
        < page.index("An instance starts in 5 minutes.")
        < page.index('class="tiles"')
    )

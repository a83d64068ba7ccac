"""A trace on the calendar."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lowtide_workbench.server import trace_calendar
from lowtide_workbench.traces.files import TraceError

MONDAY_9_S, TUESDAY_9_S = 9 * 3600, 33 * 3600


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text(f"arrival_s,duration_s\n{MONDAY_9_S},60\n{TUESDAY_9_S},90\n")
    return path


@pytest.mark.parametrize(
    ("start", "zone", "first"),
    [
        pytest.param("2026-11-23T07:00Z", "UTC", "2026-11-23T09:00Z", id="that very Monday"),
        pytest.param("2026-11-23T09:00Z", "UTC", "2026-11-23T09:00Z", id="at the first call"),
        pytest.param("2026-11-23T09:01Z", "UTC", "2026-11-24T09:00Z", id="the past is left out"),
        pytest.param("2026-11-23T07:00Z", "America/New_York", "2026-11-23T14:00Z", id="local time"),
        pytest.param("2026-11-23T03:00Z", "America/New_York", None, id="still Sunday there"),
    ],
)
def test_second_0_is_the_monday_of_the_week_in_which_the_clock_starts(
    trace: Path, start: str, zone: str, first: str | None
) -> None:
    begin = datetime.fromisoformat(start)
    if first is None:
        with pytest.raises(TraceError, match=r"second 0 is Mon 16 Nov 00:00 EST"):
            trace_calendar.sessions(trace, begin, ZoneInfo(zone))
        return
    sessions = trace_calendar.sessions(trace, begin, ZoneInfo(zone))
    assert datetime.fromtimestamp(sessions[0][0], UTC) == datetime.fromisoformat(first)
    assert sessions[-1][1] == 90

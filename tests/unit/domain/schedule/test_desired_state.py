"""Before a window opens: from when on is its endpoint wanted?"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.desired_state import desired_state
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.state import schedule_state
from lowtide.domain.schedule.window import Window

ZONE = ZoneInfo("America/New_York")
OFFICE = Schedule((Window(parse_cron("0 8 * * *"), parse_cron("0 20 * * *"), ZONE),), ZONE)
SHORT = timedelta(minutes=14)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "created_for", "opens"),
    [
        pytest.param("23T07:45", None, None, id="not before the lead begins"),
        pytest.param("23T07:46", None, "23T08:00", id="from the lead on"),
        pytest.param(
            "23T07:40", "23T08:00", "23T08:00",
            id="what was created for this start stays, though its creation taught a shorter lead",
        ),
        pytest.param(
            "23T20:00", "23T08:00", None, id="what was created for a start that is over does not",
        ),
        pytest.param("23T12:00", "23T08:00", None, id="in the window nothing is early"),
        pytest.param("23T19:50", None, None, id="nor just before it closes"),
    ],
)  # fmt: skip
def test_when_it_is_early(now: str, created_for: str | None, opens: str | None) -> None:
    made_for = at(created_for) if created_for else None
    desired = desired_state(schedule_state(OFFICE, at(now)), None, at(now), SHORT, made_for)
    assert desired.opens == (at(opens) if opens else None)
    assert desired.early is (opens is not None)
    assert desired.awake is (opens is not None or now in ("23T12:00", "23T19:50"))

"""Is the endpoint wanted at this instant?"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.desired_state import DesiredState, desired_state
from lowtide.domain.schedule.override import Override
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.state import schedule_state
from lowtide.domain.schedule.window import Window

NEW_YORK = ZoneInfo("America/New_York")
LEAD = timedelta(minutes=30)


def window(start: str, stop: str) -> Window:
    return Window(parse_cron(start), parse_cron(stop), NEW_YORK)


OFFICE = Schedule((window("0 8 * * MON-FRI", "0 20 * * MON-FRI"),), NEW_YORK)
NIGHT = Schedule((window("0 22 * * FRI", "0 6 * * SAT"),), NEW_YORK)
ALWAYS = Schedule((), NEW_YORK)


def desired(schedule: Schedule, override: Override | None, now: datetime) -> DesiredState:
    return desired_state(schedule_state(schedule, now), override, now, LEAD)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("schedule", "now", "awake"),
    [
        pytest.param(OFFICE, "2026-11-23T08:00", True, id="awake from the very start"),
        pytest.param(
            OFFICE, "2026-11-23T19:59:59", True, id="awake until a second before the stop"
        ),
        pytest.param(OFFICE, "2026-11-23T20:00", False, id="asleep from the very stop"),
        pytest.param(OFFICE, "2026-11-23T07:29", False, id="asleep before the lead begins"),
        pytest.param(OFFICE, "2026-11-23T07:30", True, id="wanted from the lead on"),
        pytest.param(NIGHT, "2026-11-28T05:59", True, id="an overnight window crosses midnight"),
        pytest.param(
            NIGHT, "2026-11-28T06:00", False, id="an overnight window ends in the morning"
        ),
        pytest.param(ALWAYS, "2026-11-22T03:00", True, id="always is always"),
    ],
)
def test_the_windows_decide(schedule: Schedule, now: str, *, awake: bool) -> None:
    assert desired(schedule, None, at(now)).awake is awake


@pytest.mark.parametrize(
    ("override_awake", "now", "awake"),
    [
        pytest.param(True, "2026-11-22T12:00", True, id="awake on a Sunday because a person asked"),
        pytest.param(False, "2026-11-23T10:00", False, id="asleep in office hours because asked"),
        pytest.param(True, "2026-11-24T00:00", False, id="an override ends at its until"),
    ],
)
def test_an_override_beats_the_windows_until_it_ends(
    *, override_awake: bool, now: str, awake: bool
) -> None:
    override = Override(override_awake, at("2026-11-24T00:00"), "load test", "ann")
    assert desired(OFFICE, override, at(now)).awake is awake


def test_a_desired_state_has_a_reason() -> None:
    override = Override(True, at("2026-11-24T00:00"), "load test", "ann")
    reasons = [
        desired(OFFICE, override, at("2026-11-23T10:00")).reason,
        desired(OFFICE, None, at("2026-11-23T10:00")).reason,
        desired(OFFICE, None, at("2026-11-23T07:45")).reason,
        desired(OFFICE, None, at("2026-11-23T21:00")).reason,
    ]
    assert reasons == [
        "ann wants it awake until Tue 24 Nov 00:00 EST: load test",
        "the window opened Mon 23 Nov 08:00 EST",
        "wanted from Mon 23 Nov 08:00 EST: the window opens: 0 8 * * MON-FRI",
        "no window is open until Tue 24 Nov 08:00 EST",
    ]

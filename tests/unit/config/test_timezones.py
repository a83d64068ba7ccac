"""What is no time zone, and what clocks that change do to windows."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lowtide import config
from lowtide.config.timezones import known_zones
from lowtide.domain.schedule.schedule import Schedule, is_awake, transitions
from lowtide.domain.schedule.state import schedule_state

CITY = (
    "name a city, for example America/New_York, or UTC; abbreviations such as EST and offsets "
    "such as UTC+2 mislead about daylight saving"
)
NOT_IANA = "not an IANA time zone; "


def schedule(text: str) -> Schedule:
    parsed = config.parse(f"endpoints:\n  - name: e\n    schedule: {text}\n")
    assert parsed.errors == ()
    return parsed.endpoints[0].schedule


def window(start: str, stop: str, zone: str, more: str = "") -> Schedule:
    windows = f'windows: [{{start: "{start}", stop: "{stop}"}}]'
    return schedule(f"{{timezone: {zone}, {windows}{more}}}")


def hours(wanted: Schedule, first: str, last: str) -> list[str]:
    """The changes of these days as the local clock of the schedule shows them."""
    start, end = (
        datetime.fromisoformat(day).replace(tzinfo=wanted.timezone) for day in (first, last)
    )
    return [
        f"{change.at.astimezone(wanted.timezone):%a %d %H:%M %z} {'up' if change.awake else 'down'}"
        for change in transitions(wanted, start.astimezone(UTC), end.astimezone(UTC))
    ]


MEANT = f"{NOT_IANA}did you mean "
ZONES = {
    "a mistyped name": ("Europe/Berln", f"{MEANT}'Europe/Berlin'?"),
    "in small letters": ("us/eastern", f"{MEANT}'US/Eastern'?"),
    "in small letters, by its whole name": ("canada/central", f"{MEANT}'Canada/Central'?"),
    "a city as people write it": ("new york", f"{MEANT}'America/New_York'?"),
    "a city in the wrong part of the world": ("Asia/Berlin", f"{MEANT}'Europe/Berlin'?"),
    "a city that is written like Dubai": ("Asia/Mumbai", f"{NOT_IANA}{CITY}"),
    "a directory of the zone files": ("America", f"{NOT_IANA}{CITY}"),
    "a path that leads out": ("../x", f"{NOT_IANA}{CITY}"),
    "nothing": ("", f"{NOT_IANA}{CITY}"),
    "Local, which in Lambda is UTC": ("Local", f"{NOT_IANA}{CITY}"),
    "EST, which has no summer": ("EST", f"{NOT_IANA}{CITY}"),
    "a POSIX rule": ("EST5EDT", f"{NOT_IANA}{CITY}"),
    "IST, of which there are three": ("IST", f"{NOT_IANA}{CITY}"),
    "UTC+2": ("UTC+2", f"{NOT_IANA}{CITY}"),
    "an offset alone": ("+05:30", f"{NOT_IANA}{CITY}"),
    "Etc/GMT+1, whose sign is the other way round": ("Etc/GMT+1", f"{NOT_IANA}{CITY}"),
}


@pytest.mark.parametrize(("zone", "message"), ZONES.values(), ids=ZONES)
def test_what_is_not_a_time_zone_is_rejected(zone: str, message: str) -> None:
    (field_error,) = config.parse(f'timezone: "{zone}"').errors
    assert str(field_error) == f"timezone: {zone!r}: {message}"


@pytest.mark.parametrize("zone", ["Etc/GMT", "Etc/GMT0", "Etc/GMT+0", "Etc/GMT-0", "Etc/UCT"])
def test_the_names_of_utc_are_accepted(zone: str) -> None:
    assert config.parse(f"timezone: {zone}").errors == ()


@pytest.mark.parametrize("zone", ["5", "", "[UTC]", "2026-01-01"])
def test_a_zone_that_is_not_text_is_rejected(zone: str) -> None:
    (field_error,) = config.parse(f"timezone: {zone}").errors
    assert field_error.path == "timezone"


def test_every_zone_that_is_accepted_is_a_clock() -> None:
    assert {"UTC", "America/New_York", "Japan", "GB", "Etc/UTC"} <= known_zones()
    assert all(ZoneInfo(zone).key == zone for zone in known_zones())


def test_the_zones_come_with_the_layer() -> None:
    """Lambda's own may be older, or none: rules change several times a year."""
    pinned = Path("layers/common/requirements.txt").read_text(encoding="utf-8")
    assert re.search(rf"^tzdata=={version('tzdata')} ", pinned, re.MULTILINE)


def test_what_the_machine_takes_new_york_for_does_not_matter(tmp_path: Path) -> None:
    machines_own = tmp_path / "America" / "New_York"
    machines_own.parent.mkdir()
    machines_own.write_bytes(files("tzdata").joinpath("zoneinfo/Asia/Tokyo").read_bytes())
    program = (
        "from datetime import datetime; from lowtide.config.timezones import parse_zone;"
        "print(datetime(2026, 7, 1, tzinfo=parse_zone('America/New_York')).utcoffset())"
    )
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONTZPATH": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "-1 day, 20:00:00\n"


NEW_YORK, LORD_HOWE = "America/New_York", "Australia/Lord_Howe"


CLOCKS = {
    "a window from 22:00 to 06:00 crosses midnight": (
        window("0 22 * * *", "0 6 * * *", NEW_YORK), ("2026-06-01", "2026-06-03"),
        ["Mon 01 06:00 -0400 down", "Mon 01 22:00 -0400 up",
             "Tue 02 06:00 -0400 down", "Tue 02 22:00 -0400 up"],
    ),
    "Fri-Fri overnight begins on Friday and ends on Saturday": (
        window("0 20 * * FRI-FRI", "0 8 * * *", NEW_YORK), ("2026-06-01", "2026-06-08"),
        ["Fri 05 20:00 -0400 up", "Sat 06 08:00 -0400 down"],
    ),
    "a start in the gap is at the first minute after it": (
        window("30 2 * * *", "0 6 * * *", NEW_YORK), ("2026-03-08", "2026-03-09"),
        ["Sun 08 03:00 -0400 up", "Sun 08 06:00 -0400 down"],
    ),
    "a stop in the gap is at the first minute after it": (
        window("0 1 * * *", "30 2 * * *", NEW_YORK), ("2026-03-08", "2026-03-09"),
        ["Sun 08 01:00 -0500 up", "Sun 08 03:00 -0400 down"],
    ),
    "a window wholly in the gap is no minute long": (
        window("10 2 * * *", "50 2 * * *", NEW_YORK), ("2026-03-08", "2026-03-09"), [],
    ),
    "in the fold a window opens once, at the first of the two": (
        window("0 1 * * *", "30 1 * * *", NEW_YORK), ("2026-11-01", "2026-11-02"),
        ["Sun 01 01:00 -0400 up", "Sun 01 01:30 -0400 down"],
    ),
    "a window over the fold is an hour longer": (
        window("30 1 * * *", "0 3 * * *", NEW_YORK), ("2026-11-01", "2026-11-02"),
        ["Sun 01 01:30 -0400 up", "Sun 01 03:00 -0500 down"],
    ),
    "a gap of half an hour": (
        window("10 2 * * *", "45 2 * * *", LORD_HOWE), ("2026-10-04", "2026-10-05"),
        ["Sun 04 02:30 +1100 up", "Sun 04 02:45 +1100 down"],
    ),
    "a zone 45 minutes off": (
        window("0 8 * * *", "0 9 * * *", "Asia/Kathmandu"), ("2026-06-01", "2026-06-02"),
        ["Mon 01 08:00 +0545 up", "Mon 01 09:00 +0545 down"],
    ),
    "a zone 45 minutes off whose clock goes back at 03:45": (
        window("45 3 * * *", "0 5 * * *", "Pacific/Chatham"), ("2026-04-05", "2026-04-06"),
        ["Sun 05 03:45 +1245 up", "Sun 05 05:00 +1245 down"],
    ),
    "a closed date after midnight does not shorten the night that began before it": (
        window("0 22 * * *", "0 6 * * *", NEW_YORK, ", closed: [2026-06-02]"),
        ("2026-06-01T12:00", "2026-06-04"),
        ["Mon 01 22:00 -0400 up", "Tue 02 06:00 -0400 down", "Wed 03 22:00 -0400 up"],
    ),
    "a holiday takes away the night that starts on it, not the one that ends on it": (
        window("0 22 * * *", "0 6 * * *", NEW_YORK, ", closed: [{country: US}]"),
        ("2026-12-24", "2026-12-27"),
        ["Thu 24 06:00 -0500 down", "Thu 24 22:00 -0500 up",
             "Fri 25 06:00 -0500 down", "Sat 26 22:00 -0500 up"],
    ),
    "day 31 leaves out the months that have none": (
        window("0 8 31 * *", "0 20 31 * *", "UTC"), ("2026-04-01", "2026-06-01"),
        ["Sun 31 08:00 +0000 up", "Sun 31 20:00 +0000 down"],
    ),
    "L is February's last day, leap years included": (
        window("0 8 L 2 *", "0 20 L 2 *", "UTC"), ("2027-01-01", "2028-12-31"),
        ["Sun 28 08:00 +0000 up", "Sun 28 20:00 +0000 down",
             "Tue 29 08:00 +0000 up", "Tue 29 20:00 +0000 down"],
    ),
    "a window over the end of the year, beside the date line": (
        window("0 22 31 12 *", "0 6 1 1 *", "Pacific/Auckland"), ("2026-12-31", "2027-01-02"),
        ["Thu 31 22:00 +1300 up", "Fri 01 06:00 +1300 down"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("wanted", "days", "expected"), CLOCKS.values(), ids=CLOCKS)
def test_windows_follow_the_clock(
    wanted: Schedule, days: tuple[str, str], expected: list[str]
) -> None:
    assert hours(wanted, *days) == expected


def test_windows_that_overlap_or_touch_are_one() -> None:
    wanted = schedule(
        "{timezone: UTC, windows: ["
        '{start: "0 8 * * *", stop: "0 12 * * *"}, {start: "0 12 * * *", stop: "0 14 * * *"},'
        '{start: "0 13 * * *", stop: "0 18 * * *"}]}'
    )
    assert hours(wanted, "2026-06-01", "2026-06-02") == [
        "Mon 01 08:00 +0000 up",
        "Mon 01 18:00 +0000 down",
    ]


def test_a_minute_between_two_windows_is_a_minute_asleep() -> None:
    wanted = schedule(
        "{timezone: UTC, windows: ["
        '{start: "0 8 * * *", stop: "59 11 * * *"}, {start: "0 12 * * *", stop: "0 18 * * *"}]}'
    )
    assert hours(wanted, "2026-06-01", "2026-06-02")[1:3] == [
        "Mon 01 11:59 +0000 down",
        "Mon 01 12:00 +0000 up",
    ]


@pytest.mark.parametrize("minutes_late", [0, 1, 4, 90])
def test_a_stop_at_23_59_that_no_tick_met_is_late_and_not_lost(minutes_late: int) -> None:
    wanted = window("0 8 * * MON", "59 23 * * *", "UTC")
    tick = datetime(2026, 6, 1, 23, 59, tzinfo=UTC) + timedelta(minutes=minutes_late)
    assert not is_awake(wanted, tick)


def test_the_reason_says_that_the_clock_left_the_minute_out() -> None:
    wanted = window("30 2 * * *", "0 6 * * *", NEW_YORK)
    change = schedule_state(wanted, datetime(2026, 3, 8, 6, 30, tzinfo=UTC)).change
    assert change is not None
    assert change.because == "the window opens: 30 2 * * * (02:30 does not exist on this day)"

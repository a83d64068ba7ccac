"""The file people write: what is accepted, and every error of a broken one at once."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lowtide import config
from lowtide.domain.endpoint.managed import Drain
from lowtide.domain.endpoint.metering import Capacities
from lowtide.domain.schedule.closed_dates import ClosedDates, PublicHolidays
from lowtide.domain.schedule.cron import parse_cron as cron
from lowtide.domain.schedule.schedule import Span
from lowtide.domain.schedule.window import Window

NEW_YORK = ZoneInfo("America/New_York")
GOOD = """
timezone: America/New_York
schedules:
  office-hours:
    windows:
      - {start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}
endpoints:
  - name: my-deepgram-endpoint
    schedule: office-hours
    config: my-deepgram-endpoint-config
    drain: {deadline: 1h30m, then: stay}
    scaling:
      capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}
  - name: night-shift
    schedule:
      timezone: Europe/Berlin
      windows: [{start: "0 22 * * *", stop: "0 6 * * *"}]
  - name: around-the-clock
    schedule: always
"""


@pytest.mark.parametrize(
    ("top", "entry", "mode"),
    [
        pytest.param("", "", "manage", id="manage is the default"),
        pytest.param("mode: observe", "", "observe", id="the top's holds for every endpoint"),
        pytest.param("mode: observe", "mode: manage,", "manage", id="an endpoint may differ"),
        pytest.param("mode: obsevre", "", "observe", id="a wrong mode changes nothing"),
        pytest.param("Mode: observe", "", "observe", id="nor does a misspelt key"),
        pytest.param("mod: observe", "", "observe", id="nor does a cut one"),
        pytest.param("other: 1", "", "manage", id="another unknown key stops nothing"),
    ],
)
def test_the_mode_of_an_endpoint(top: str, entry: str, mode: str) -> None:
    text = f"{top}\ntimezone: UTC\nendpoints: [{{name: a, {entry} schedule: always}}]"
    (endpoint,) = config.parse(text).endpoints
    assert endpoint.mode == mode


def test_a_good_file_is_understood() -> None:
    parsed = config.parse(GOOD)
    office, night, around = parsed.endpoints
    assert parsed.errors == ()
    assert office.schedule.windows == (
        Window(cron("0 8 * * MON-FRI"), cron("0 20 * * MON-FRI"), NEW_YORK),
    )
    assert office.config_name == "my-deepgram-endpoint-config"
    assert office.drain == Drain(timedelta(minutes=90), "stay")
    assert office.metering is not None
    assert office.metering.capacities == Capacities(
        {"ml.g6.2xlarge": 10, "ml.g6e.2xlarge": 20}, reference="ml.g6.2xlarge"
    )
    assert night.schedule.windows[0].timezone == ZoneInfo("Europe/Berlin")
    assert night.drain == Drain(timedelta(minutes=35), "delete")
    assert around.schedule.windows == ()


def test_all_errors_come_at_once_and_the_other_entries_stand() -> None:
    text = GOOD.replace("schedule: always", "schedule: alwys").replace("then: stay", "then: keep")
    parsed = config.parse(text)
    assert [field_error.path for field_error in parsed.errors] == [
        "endpoints[0].drain.then",
        "endpoints[2].schedule",
    ]
    assert [entry.name for entry in parsed.endpoints] == ["night-shift"]


def test_an_error_at_the_top_costs_no_entry() -> None:
    parsed = config.parse(GOOD + "\nextra: 1\n")
    assert [str(field_error) for field_error in parsed.errors] == [
        "extra: 1: unknown key; valid are endpoints, metrics, mode, prices, schedules, timezone"
    ]
    assert len(parsed.endpoints) == 3


RICH = """
timezone: America/New_York
schedules:
  office-hours:
    windows:
      - {start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}
      - {start: "0 9 * * SAT", stop: "0 13 * * SAT", timezone: Europe/London}
    closed: [2026-12-24, {from: 2026-12-28, to: 2026-12-31}, {country: US, subdivision: NY}]
    open: [{from: 2026-12-29T9:00, to: 2026-12-29T24:00}]
    ready: after-start
endpoints:
  - {name: as-it-is, schedule: office-hours}
  - name: in-berlin
    schedule: office-hours
    timezone: Europe/Berlin
    closed: [{country: "NO"}]
    open: [{from: 2026-12-30T10:00-05:00, to: 2026-12-30T16:00Z}]
    ready: at-start
    config: [first, second, third]
    delete_cloudformation_owned: true
"""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_schedule_holds_its_exceptions() -> None:
    parsed = config.parse(RICH)
    assert parsed.errors == ()
    schedule = parsed.endpoints[0].schedule
    closed = (
        ClosedDates(date(2026, 12, 24), date(2026, 12, 24)),
        ClosedDates(date(2026, 12, 28), date(2026, 12, 31)),
        PublicHolidays("US", "NY"),
    )
    assert [window.closed for window in schedule.windows] == [closed, closed]
    assert [window.timezone for window in schedule.windows] == [NEW_YORK, ZoneInfo("Europe/London")]
    assert schedule.open_spans == (Span(utc("2026-12-29T14:00"), utc("2026-12-30T05:00")),)
    assert parsed.endpoints[0].ready == "after-start"


def test_an_endpoint_changes_its_schedule() -> None:
    as_it_is, in_berlin = config.parse(RICH).endpoints
    schedule = in_berlin.schedule
    assert [str(window.timezone) for window in schedule.windows] == [
        "Europe/Berlin",
        "Europe/London",
    ]
    assert schedule.windows[0].closed == (
        *as_it_is.schedule.windows[0].closed,
        PublicHolidays("NO"),
    )
    assert schedule.open_spans == (
        Span(utc("2026-12-29T08:00"), utc("2026-12-29T23:00")),
        Span(utc("2026-12-30T15:00"), utc("2026-12-30T16:00")),
    )
    assert schedule.timezone == ZoneInfo("Europe/Berlin")
    assert in_berlin.ready == "at-start"


def test_an_endpoint_names_its_configurations_in_order() -> None:
    as_it_is, in_berlin = config.parse(RICH).endpoints
    assert (as_it_is.config_name, as_it_is.fallback_configs) == (None, ())
    assert (in_berlin.config_name, in_berlin.fallback_configs) == ("first", ("second", "third"))
    assert not as_it_is.delete_cloudformation_owned
    assert in_berlin.delete_cloudformation_owned


SPANS = {
    "an end in the spring gap is the first minute after it": (
        "from: 2026-03-08T01:30, to: 2026-03-08T02:30", "2026-03-08T06:30", "2026-03-08T07:00",
    ),
    "a start in the autumn fold is the first of the two": (
        "from: 2026-11-01T01:30, to: 2026-11-01T03:00", "2026-11-01T05:30", "2026-11-01T08:00",
    ),
    "an offset names the second of the two": (
        "from: 2026-11-01T01:30-05:00, to: 2026-11-01T03:00", "2026-11-01T06:30",
        "2026-11-01T08:00",
    ),
    "24:00 ends the day, and here the year": (
        "from: 2026-12-31T20:00, to: 2026-12-31T24:00", "2027-01-01T01:00", "2027-01-01T05:00",
    ),
    "a blank between date and time, and seconds that are none": (
        "from: 2026-06-01 9:00, to: 2026-06-01 10:00:00", "2026-06-01T13:00", "2026-06-01T14:00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("span", "start", "stop"), SPANS.values(), ids=SPANS)
def test_open_hours_are_on_the_clock_of_the_schedule(span: str, start: str, stop: str) -> None:
    in_new_york = RICH.replace("    timezone: Europe/Berlin\n", "")
    parsed = config.parse(in_new_york.replace("from: 2026-12-29T9:00, to: 2026-12-29T24:00", span))
    assert parsed.errors == ()
    assert parsed.endpoints[0].schedule.open_spans == (Span(utc(start), utc(stop)),)


def test_hours_that_another_clock_leaves_out_are_an_error_of_the_endpoint() -> None:
    text = RICH.replace(
        "from: 2026-12-29T9:00, to: 2026-12-29T24:00",
        "from: 2026-03-29T02:10, to: 2026-03-29T02:50",
    )
    (field_error,) = config.parse(text).errors
    assert field_error.path == "endpoints[1].timezone"
    assert field_error.message == "on this clock an `open` span of the schedule is empty"


def test_old_yaml_is_read_as_new_yaml() -> None:
    """In YAML 1.1 NO would be false, 22:00 a number, and a date with an offset moved to UTC."""
    text = "%YAML 1.1\n---\n" + RICH.replace('"NO"', "NO")
    assert config.parse(text).endpoints[1] == config.parse(RICH).endpoints[1]


def test_holidays_are_loaded_only_where_a_file_names_a_country() -> None:
    program = (
        "import sys; from lowtide import config;"
        "config.parse(sys.argv[1]); print('holidays' in sys.modules)"
    )
    loaded = [
        subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-c", program, text], capture_output=True, text=True, check=True
        ).stdout.strip()
        for text in (GOOD, RICH)
    ]
    assert loaded == ["False", "True"]


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_files_that_are_shipped_have_no_errors(environment: str) -> None:
    assert config.load(Path(f"layers/config/endpoints/{environment}.yaml")).errors == ()


def test_a_file_that_was_not_deployed_is_named_with_those_that_were(tmp_path: Path) -> None:
    for name in ("prod", "dev"):
        (tmp_path / f"{name}.yaml").touch()
    with pytest.raises(FileNotFoundError, match=r"'qa', and .* are: dev\.yaml, prod\.yaml"):
        config.load(tmp_path / "qa.yaml")

"""The file people write: what is accepted, and every fault of a broken one at once."""

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lowtide import config
from lowtide.domain.cron import parse as cron
from lowtide.domain.endpoints import Capacities, Drain
from lowtide.domain.windows import Window

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


def test_a_good_file_is_understood() -> None:
    found = config.parse(GOOD)
    office, night, around = found.endpoints
    assert found.faults == ()
    assert office.schedule.windows == (
        Window(cron("0 8 * * MON-FRI"), cron("0 20 * * MON-FRI"), NEW_YORK),
    )
    assert office.config_name == "my-deepgram-endpoint-config"
    assert office.drain == Drain(timedelta(minutes=90), "stay")
    assert office.capacities == Capacities(
        {"ml.g6.2xlarge": 10, "ml.g6e.2xlarge": 20}, reference="ml.g6.2xlarge"
    )
    assert night.schedule.windows[0].timezone == ZoneInfo("Europe/Berlin")
    assert night.drain == Drain(timedelta(minutes=35), "delete")
    assert around.schedule.windows == ()


@pytest.mark.parametrize(
    ("good", "broken", "said"),
    [
        pytest.param(
            "timezone: America/New_York", "timezone: America/New_Yrok",
            "timezone: 'America/New_Yrok': not an IANA time zone; "
            "did you mean 'America/New_York'?",
            id="a mistyped time zone",
        ),
        pytest.param(
            "timezone: America/New_York", "timezone: EST5",
            "timezone: 'EST5': not an IANA time zone; did you mean 'America/Creston'?",
            id="an abbreviation",
        ),
        pytest.param(
            "timezone: America/New_York\n", "",
            "schedules.office-hours.timezone: is required here or at the top of the file, "
            "for example America/New_York",
            id="no time zone at all",
        ),
        pytest.param(
            "timezone: America/New_York", "timezon: America/New_York",
            "timezon: 'America/New_York': unknown key; did you mean 'timezone'?",
            id="a mistyped key at the top",
        ),
        pytest.param(
            "schedule: office-hours", "schedule: ofice-hours",
            "endpoints[0].schedule: 'ofice-hours': no schedule has this name; "
            "did you mean 'office-hours'?",
            id="a schedule that nobody wrote",
        ),
        pytest.param(
            '"0 20 * * MON-FRI"', '"0 25 * * MON-FRI"',
            "endpoints[0].schedule: 'office-hours': this schedule has a fault; "
            "see schedules.office-hours",
            id="a schedule with a fault takes its endpoints along",
        ),
        pytest.param(
            'stop: "0 20', 'stp: "0 20',
            "schedules.office-hours.windows[0].stop: is required",
            id="a window without a stop",
        ),
        pytest.param(
            '"0 20 * * MON-FRI"', '"0 8 * * MON-FRI"',
            "schedules.office-hours.windows[0]: {'start': '0 8 * * MON-FRI', "
            "'stop': '0 8 * * MON-FRI'}: start and stop are the same; "
            "for an endpoint that never sleeps use `always`",
            id="a window that starts when it stops",
        ),
        pytest.param(
            "deadline: 1h30m", "deadline: 90",
            "endpoints[0].drain.deadline: 90: not a duration; "
            "write for example 90s, 35m, 2h or 1h30m",
            id="a duration without a unit",
        ),
        pytest.param(
            "then: stay", "then: keep",
            "endpoints[0].drain.then: 'keep': valid are delete or stay",
            id="an unknown choice",
        ),
        pytest.param(
            "ml.g6.2xlarge: 10", "ml.g6.2xlarge: 0",
            "endpoints[0].scaling.capacity['ml.g6.2xlarge']: 0: must be greater than 0",
            id="a capacity of zero",
        ),
        pytest.param(
            "ml.g6.2xlarge: 10", "ml.g6.2xlarge: .nan",
            "endpoints[0].scaling.capacity['ml.g6.2xlarge']: nan: not a finite number",
            id="a capacity that is no number",
        ),
        pytest.param(
            "ml.g6.2xlarge: 10", "ml.g6.2xlarge: ten",
            "endpoints[0].scaling.capacity['ml.g6.2xlarge']: 'ten': not a number",
            id="a capacity in words",
        ),
        pytest.param(
            "name: my-deepgram-endpoint", "name: my_endpoint",
            "endpoints[0].name: 'my_endpoint': "
            "not a name in SageMaker: up to 63 letters, digits and hyphens between them",
            id="a name that SageMaker would refuse",
        ),
        pytest.param(
            "name: night-shift", "name: My-Deepgram-Endpoint",
            "endpoints[1].name: 'My-Deepgram-Endpoint': stands twice; keep one of the entries",
            id="the same name in other letters",
        ),
        pytest.param(
            "drain:", "drian:",
            "endpoints[0].drian: {'deadline': '1h30m', 'then': 'stay'}: "
            "unknown key; did you mean 'drain'?",
            id="a mistyped key of an endpoint",
        ),
    ],
)  # fmt: skip
def test_a_fault_says_where_what_and_what_would_be_valid(good: str, broken: str, said: str) -> None:
    faults = config.parse(GOOD.replace(good, broken)).faults
    assert said in [str(fault) for fault in faults]


def test_all_faults_come_at_once_and_the_other_entries_stand() -> None:
    text = GOOD.replace("schedule: always", "schedule: alwys").replace("then: stay", "then: keep")
    found = config.parse(text)
    assert [fault.path for fault in found.faults] == [
        "endpoints[0].drain.then",
        "endpoints[2].schedule",
    ]
    assert [entry.name for entry in found.endpoints] == ["night-shift"]


def test_a_fault_at_the_top_costs_no_entry() -> None:
    found = config.parse(GOOD + "\nextra: 1\n")
    assert [str(fault) for fault in found.faults] == [
        "extra: 1: unknown key; valid are endpoints, prices, schedules, timezone"
    ]
    assert len(found.endpoints) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "the file is empty", id="an empty file"),
        pytest.param("- a\n- b", "not a mapping", id="a list"),
        pytest.param("endpoints: [", "while parsing", id="broken YAML"),
        pytest.param("timezone: UTC\ntimezone: UTC", "duplicate key", id="a key that stands twice"),
        pytest.param("endpoints: 3", "endpoints: 3: not a list", id="no list"),
    ],
)
def test_a_file_that_is_no_such_file_is_one_clear_fault(text: str, said: str) -> None:
    found = config.parse(text)
    assert found.endpoints == ()
    assert said in str(found.faults[0])


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_files_that_are_shipped_have_no_faults(environment: str) -> None:
    assert config.load(Path(f"layers/config/endpoints/{environment}.yaml")).faults == ()

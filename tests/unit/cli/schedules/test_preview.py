"""`lowtide preview`: JSON exactly, the calendar by its text."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.schedules.conftest import Lowtide

WEEK = ("--from", "2026-11-23", "--to", "2026-11-30")
SPRING = ("--from", "2026-03-02", "--to", "2026-03-09")
AUTUMN = ("--from", "2026-10-26", "--to", "2026-11-02")


def test_json_is_the_changes_and_nothing_else(lowtide: Lowtide) -> None:
    result = lowtide(
        "preview", "--endpoint", "my-endpoint", "--from", "2026-11-23", "--to",
        "2026-11-24T13:00Z", "--json",
    )  # fmt: skip
    assert result.exit_code == 0
    assert result.stderr == ""
    assert json.loads(result.stdout) == [
        {
            "at": "2026-11-23T13:00:00Z",
            "to": "awake",
            "because": "the window opens: 0 8 * * MON-FRI",
            "create_at": "2026-11-23T12:30:00Z",
        },
        {
            "at": "2026-11-24T01:00:00Z",
            "to": "asleep",
            "because": "the window closes: 0 20 * * MON-FRI",
        },
    ]


def test_a_span_without_a_change_is_an_empty_list(lowtide: Lowtide) -> None:
    options = ("--from", "2026-11-21", "--to", "2026-11-23", "--json")
    assert json.loads(lowtide("preview", "--endpoint", "my-endpoint", *options).stdout) == []
    assert json.loads(lowtide("preview", "--endpoint", "around-the-clock", "--json").stdout) == []


def test_the_lead_is_an_option(lowtide: Lowtide) -> None:
    options = ("--from", "2026-11-23T08:00", "--to", "2026-11-23T08:01", "--json")
    result = lowtide("preview", "--endpoint", "my-endpoint", *options, "--lead", "1h15m")
    assert json.loads(result.stdout)[0]["create_at"] == "2026-11-23T11:45:00Z"


def test_an_endpoint_that_is_ready_after_its_start_is_created_then(
    lowtide: Lowtide, file: Path
) -> None:
    file.write_text(
        file.read_text().replace("schedule: early}", "schedule: early, ready: after-start}")
    )
    result = lowtide("preview", "--endpoint", "early-endpoint", "--from", "2026-11-23", "--json")
    change = json.loads(result.stdout)[0]
    assert change["create_at"] == change["at"] == "2026-11-23T06:00:00Z"


def test_a_week_is_drawn(lowtide: Lowtide) -> None:
    output = lowtide("preview", "--endpoint", "my-endpoint", *WEEK).stdout.splitlines()
    lines = [line.rstrip() for line in output]
    assert "Week 48: 23 to 29 November 2026" in lines
    assert "07:00  ···░░░  ···░░░  ···░░░  ···░░░  ···░░░  ······  ······" in lines
    assert "08:00  ██████  ██████  ██████  ██████  ██████  ······  ······" in lines
    assert "20:00  ······  ······  ······  ······  ······  ······  ······" in lines
    assert "awake  12 h    12 h    12 h    12 h    12 h    0 h     0 h" in [
        line.replace("\N{NO-BREAK SPACE}", " ") for line in lines
    ]
    assert "Mon 23 Nov 08:00 EST  awake   07:30         the window opens: 0 8 * * MON-FRI" in lines


def test_the_cost_is_of_one_instance_of_the_first_type(lowtide: Lowtide) -> None:
    output = lowtide("preview", "--endpoint", "my-endpoint", *WEEK).stdout
    output = output.replace("\N{NO-BREAK SPACE}", " ")
    assert "60 h awake of 168 h, at least $73.32; awake throughout $205.30" in output
    text = " ".join(output.split())
    assert "cost: 1 instance of ml.g6.2xlarge while awake, at $1.222 an hour" in text
    assert "(us-east-1 list price, not verified)" in text


@pytest.mark.parametrize(
    ("options", "output"),
    [
        pytest.param(
            ("--instance-type", "ml.g6e.2xlarge", "--instances", "2"),
            "60 h awake of 168 h, at least $336.00",
            id="another type, and two of them",
        ),
        pytest.param(
            ("--instance-type", "ml.p9.48xlarge"),
            "no cost: no price is known for ml.p9.48xlarge",
            id="a type without a price",
        ),
    ],
)
def test_the_cost_can_be_asked_for(lowtide: Lowtide, options: tuple[str, ...], output: str) -> None:
    shown = lowtide("preview", "--endpoint", "my-endpoint", *WEEK, *options).stdout
    assert output in shown.replace("\N{NO-BREAK SPACE}", " ")


def test_no_cost_is_shown_where_nothing_names_a_type(lowtide: Lowtide) -> None:
    shown = lowtide("preview", "--endpoint", "early-endpoint", *WEEK).stdout
    assert "$" not in shown
    assert "no cost: the file names no instance type" in shown


def test_an_hour_that_does_not_exist_is_drawn_as_such(lowtide: Lowtide) -> None:
    output = lowtide("preview", "--endpoint", "early-endpoint", *SPRING).stdout
    output = output.replace("\N{NO-BREAK SPACE}", " ")
    assert "02:00  ██████  ██████  ██████  ██████  ██████  ██████  //////" in output
    assert "Sun 8 Mar: the clock goes forward from 02:00 to 03:00: 23 h" in output
    assert "132 h awake of 167 h" in output


def test_an_hour_that_comes_twice_has_a_line_of_its_own(lowtide: Lowtide) -> None:
    output = lowtide("preview", "--endpoint", "early-endpoint", *AUTUMN).stdout
    again = next(line for line in output.splitlines() if line.startswith("again"))
    assert again.split() == ["again", "██████"]
    assert "Sun 1 Nov: the clock goes back from 02:00 to 01:00" in output


def test_several_weeks_are_several_calendars_and_a_sum(lowtide: Lowtide) -> None:
    span = ("--from", "2026-11-23", "--to", "2026-12-14")
    output = lowtide("preview", "--endpoint", "my-endpoint", *span).stdout
    assert [line for line in output.splitlines() if line.startswith("Week")] == [
        "Week 48: 23 to 29 November 2026",
        "Week 49: 30 November to 6 December 2026",
        "Week 50: 7 to 13 December 2026",
    ]
    assert "In all 180 h awake of 504 h" in output.replace("\N{NO-BREAK SPACE}", " ")


def test_the_current_week_is_the_default(lowtide: Lowtide) -> None:
    output = lowtide("preview", "--endpoint", "my-endpoint").stdout
    assert "60 h awake of 16" in output.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("options", "output", "code"),
    [
        pytest.param(
            ("--endpoint", "my-endpiont"), "did you mean 'my-endpoint'?", 2, id="no such endpoint"
        ),
        pytest.param(
            ("--endpoint", "broken"),
            "endpoints[3].schedule: 'offfice': no schedule has this name",
            1,
            id="an endpoint with a fault",
        ),
        pytest.param(
            ("--endpoint", "my-endpoint", "--from", "soon"),
            "--from: 'soon' is not a date or a date-time",
            2,
            id="no instant",
        ),
        pytest.param(
            ("--endpoint", "my-endpoint", "--from", "2026-11-23", "--to", "2026-11-23"),
            "--to: 2026-11-23T00:00:00-05:00 is not after --from, 2026-11-23T00:00:00-05:00",
            2,
            id="an empty span",
        ),
        pytest.param(
            ("--endpoint", "my-endpoint", "--from", "2026-11-23", "--to", "2056-11-23"),
            "--to: more than 20 years after --from",
            2,
            id="thirty years",
        ),
        pytest.param(
            ("--endpoint", "my-endpoint", "--lead", "soon"),
            "--lead: 'soon': not a duration; write for example 90s, 35m",
            2,
            id="no duration",
        ),
    ],
)
@pytest.mark.parametrize("json_", [("--json",), ()], ids=["as JSON", "as a calendar"])
def test_what_cannot_be_shown_says_why_and_prints_nothing_else(
    lowtide: Lowtide, options: tuple[str, ...], output: str, code: int, json_: tuple[str, ...]
) -> None:
    result = lowtide("preview", *options, *json_)
    assert (result.exit_code, result.stdout) == (code, "")
    assert output in result.stderr


def test_a_missing_file_is_named(lowtide: Lowtide, file: Path) -> None:
    file.unlink()
    result = lowtide("preview", "--endpoint", "my-endpoint")
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


@pytest.mark.parametrize(
    ("text", "output"),
    [
        pytest.param("endpoints: [", "while parsing", id="cut short"),
        pytest.param("timezone: !!int soon", "'soon' cannot be read as int", id="an odd tag"),
        pytest.param("endpoints: " + "[" * 1000, "nested too deep", id="nested too deep"),
    ],
)
def test_a_file_that_is_no_yaml_says_so(
    lowtide: Lowtide, file: Path, text: str, output: str
) -> None:
    file.write_text(text)
    result = lowtide("preview", "--endpoint", "my-endpoint")
    assert result.exit_code == 1
    assert output in result.stderr


def test_names_are_read_as_the_file_is_read(lowtide: Lowtide, file: Path) -> None:
    file.write_text("%YAML 1.1\n---\nendpoints: [{name: NO, schedule: nights}]")
    result = lowtide("preview", "--endpoint", "NO")
    assert result.exit_code == 1
    assert "no schedule has this name" in result.stderr

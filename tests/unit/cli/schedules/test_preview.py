"""`lowtide preview`: JSON exactly, the calendar by its text."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.schedules.conftest import Lowtide

NAMED = ("--endpoint", "my-endpoint")
EARLY = ("--endpoint", "early-endpoint")
WEEK = ("--from", "2026-11-23", "--to", "2026-11-30")
SPRING = ("--from", "2026-03-02", "--to", "2026-03-09")
AUTUMN = ("--from", "2026-10-26", "--to", "2026-11-02")


def changes(lowtide: Lowtide, *options: str) -> Any:
    result = lowtide("preview", *options, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def drawn(lowtide: Lowtide, *options: str) -> list[str]:
    output = lowtide("preview", *options).stdout.replace("\N{NO-BREAK SPACE}", " ")
    return [line.rstrip() for line in output.splitlines()]


def test_json_is_the_changes(lowtide: Lowtide) -> None:
    span = ("--from", "2026-11-23", "--to", "2026-11-24T13:00Z")
    assert changes(lowtide, *NAMED, *span) == [
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
    assert changes(lowtide, *NAMED, "--from", "2026-11-21", "--to", "2026-11-23") == []


@pytest.mark.parametrize(
    ("ready", "create_at"),
    [
        pytest.param("at-start", "2026-11-23T04:45:00Z", id="the lead time before the start"),
        pytest.param("after-start", "2026-11-23T06:00:00Z", id="at the start"),
    ],
)
def test_the_creation_begins(lowtide: Lowtide, file: Path, ready: str, create_at: str) -> None:
    text = file.read_text().replace("schedule: early}", f"schedule: early, ready: {ready}}}")
    file.write_text(text)
    first, *_ = changes(lowtide, *EARLY, "--from", "2026-11-23", "--lead", "1h15m")
    assert (first["at"], first["create_at"]) == ("2026-11-23T06:00:00Z", create_at)


def test_a_week_is_drawn(lowtide: Lowtide) -> None:
    lines = drawn(lowtide, *NAMED, *WEEK)
    assert "Week 48: 23 to 29 November 2026" in lines
    assert "07:00  ···░░░  ···░░░  ···░░░  ···░░░  ···░░░  ······  ······" in lines
    assert "08:00  ██████  ██████  ██████  ██████  ██████  ······  ······" in lines
    assert "20:00  ······  ······  ······  ······  ······  ······  ······" in lines
    assert "awake  12 h    12 h    12 h    12 h    12 h    0 h     0 h" in lines
    assert "Mon 23 Nov 08:00 EST  awake   07:30        the window opens: 0 8 * * MON-FRI" in lines


def test_an_hour_that_does_not_exist_is_drawn_as_such(lowtide: Lowtide) -> None:
    output = "\n".join(drawn(lowtide, *EARLY, *SPRING))
    assert "02:00  ██████  ██████  ██████  ██████  ██████  ██████  //////" in output
    assert "Sun 8 Mar: the clock goes forward from 02:00 to 03:00: 23 h" in output
    assert "132 h awake of 167 h" in output


def test_an_hour_that_comes_twice_has_a_line_of_its_own(lowtide: Lowtide) -> None:
    lines = drawn(lowtide, *EARLY, *AUTUMN)
    assert [line.split() for line in lines if line.startswith("again")] == [["again", "██████"]]
    assert "Sun 1 Nov: the clock goes back from 02:00 to 01:00" in "\n".join(lines)


def test_several_weeks_are_several_calendars_and_a_sum(lowtide: Lowtide) -> None:
    lines = drawn(lowtide, *NAMED, "--from", "2026-11-23", "--to", "2026-12-14")
    assert [line for line in lines if line.startswith("Week")] == [
        "Week 48: 23 to 29 November 2026",
        "Week 49: 30 November to 6 December 2026",
        "Week 50: 7 to 13 December 2026",
    ]
    assert "In all 180 h awake of 504 h" in "\n".join(lines)


def test_the_current_week_is_the_default(lowtide: Lowtide) -> None:
    assert "60 h awake of 16" in "\n".join(drawn(lowtide, *NAMED))


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        pytest.param(NAMED, ("60 h awake of 168 h, at least $73.32; always on $205.30",
                             "cost: 1 instance of ml.g6.2xlarge while awake, at $1.222 an hour",
                             "(AWS's price list, us-east-1, read 2026-10-05, not verified)"),
                     id="one of the first type"),
        pytest.param((*NAMED, "--instance-type", "ml.g6e.2xlarge", "--instances", "2"),
                     ("60 h awake of 168 h, at least $336.31",), id="two of another type"),
        pytest.param((*NAMED, "--instance-type", "ml.p9.48xlarge"),
                     ("no cost: no price of ml.p9.48xlarge in us-east-1 is known",),
                     id="no price is known"),
        pytest.param((*NAMED, "--region", "eu-west-1"),
                     ("no cost: no price of ml.g6.2xlarge in eu-west-1", "yours by --prices"),
                     id="in another region"),
        pytest.param((*NAMED, "--region", "eu-west-1", "--prices", "prices.csv"),
                     ("at least $120.00;", "(prices.csv, eu-west-1)"), id="the user's own price"),
        pytest.param(EARLY, ("no cost: the file names no instance type",), id="no type is named"),
    ],
)  # fmt: skip
def test_the_cost(
    lowtide: Lowtide,
    options: tuple[str, ...],
    texts: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("prices.csv").write_text("region,instance_type,usd_per_hour\neu-west-1,ml.g6.2xlarge,2\n")
    output = " ".join(" ".join(drawn(lowtide, *options, *WEEK)).split())
    assert all(text in output for text in texts)
    assert ("$" in output) is ("no cost" not in output)


MIDNIGHT = "2026-11-23T00:00:00-05:00"


@pytest.mark.parametrize(
    ("options", "output", "code"),
    [
        pytest.param(("--endpoint", "my-endpiont"), "did you mean 'my-endpoint'?", 2,
                     id="no such endpoint"),
        pytest.param(("--endpoint", "broken"),
                     "endpoints[3].schedule: 'offfice': no schedule has this name", 1,
                     id="an endpoint with an error"),
        pytest.param((*NAMED, "--from", "soon"), "--from: 'soon' is not a date or a date-time", 2,
                     id="no instant"),
        pytest.param((*NAMED, "--from", "2026-11-23", "--to", "2026-11-23"),
                     f"--to: {MIDNIGHT} is not after --from, {MIDNIGHT}", 2, id="an empty span"),
        pytest.param((*NAMED, "--from", "2026-11-23", "--to", "2056-11-23"),
                     "--to: more than 20 years after --from", 2, id="thirty years"),
        pytest.param((*NAMED, "--lead", "soon"),
                     "--lead: 'soon': not a duration; write for example 90s, 35m", 2,
                     id="no duration"),
    ],
)  # fmt: skip
def test_options_that_are_refused(
    lowtide: Lowtide, options: tuple[str, ...], output: str, code: int
) -> None:
    result = lowtide("preview", *options, "--json")
    assert (result.exit_code, result.stdout) == (code, "")
    assert output in result.stderr


@pytest.mark.parametrize(
    ("text", "output", "code"),
    [
        pytest.param(None, "cannot be read", 2, id="no such file"),
        pytest.param("endpoints: [", "while parsing", 1, id="no YAML"),
        pytest.param("%YAML 1.1\n---\nendpoints: [{name: NO, schedule: nights}]",
                     "no schedule has this name", 1, id="NO is a name in YAML 1.1, too"),
    ],
)  # fmt: skip
def test_files_that_are_refused(
    lowtide: Lowtide, file: Path, text: str | None, output: str, code: int
) -> None:
    file.unlink() if text is None else file.write_text(text)
    result = lowtide("preview", "--endpoint", "NO")
    assert result.exit_code == code
    assert output in result.stderr

"""`lowtide explain`: in words and as JSON."""

import json

import pytest

from tests.unit.cli.schedules.conftest import Lowtide


def test_json_has_the_state_and_why(lowtide: Lowtide) -> None:
    options = ("--endpoint", "my-endpoint", "--at", "2026-11-23T07:45", "--json")
    result = lowtide("explain", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    overrides = "not known from the file; see `lowtide status`"
    assert json.loads(result.stdout) == {
        "endpoint": "my-endpoint",
        "at": "2026-11-23T12:45:00Z",
        "timezone": "America/New_York",
        "desired_state": "awake",
        "because": "wanted from Mon 23 Nov 08:00 EST: the window opens: 0 8 * * MON-FRI",
        "schedule": "asleep",
        "in_lead_time": True,
        "decides": "windows",
        "since": {
            "at": "2026-11-21T01:00:00Z",
            "because": "the window closes: 0 20 * * MON-FRI",
        },
        "next": {
            "at": "2026-11-23T13:00:00Z",
            "to": "awake",
            "because": "the window opens: 0 8 * * MON-FRI",
            "create_at": "2026-11-23T12:30:00Z",
        },
        "create_at": "2026-11-23T12:30:00Z",
        "layers": [
            {"layer": "override", "decides": False, "says": [overrides]},
            {"layer": "open", "decides": False, "says": ["none"]},
            {"layer": "closed", "decides": False, "says": ["no start cancelled"]},
            {
                "layer": "windows",
                "decides": True,
                "says": [
                    (
                        "0 8 * * MON-FRI to 0 20 * * MON-FRI: not open; "
                        "last start Fri 20 Nov 08:00 EST, last stop Fri 20 Nov 20:00 EST"
                    )
                ],
            },
        ],
        "windows": [
            {
                "start": "0 8 * * MON-FRI",
                "stop": "0 20 * * MON-FRI",
                "timezone": "America/New_York",
                "open": False,
                "last_start": "2026-11-20T13:00:00Z",
                "last_stop": "2026-11-21T01:00:00Z",
                "next_start": "2026-11-23T13:00:00Z",
                "next_stop": "2026-11-24T01:00:00Z",
            }
        ],
        "lost_starts": [],
        "interruptions": [],
    }


def test_the_layers_come_in_their_order_of_precedence(lowtide: Lowtide) -> None:
    output = lowtide("explain", "--endpoint", "my-endpoint", "--at", "2026-11-23T12:00").stdout
    lines = output.splitlines()
    assert lines[0] == "Mon 23 Nov 12:00 EST: my-endpoint is awake"
    assert lines[1] == "the window opened Mon 23 Nov 08:00 EST"
    layers = ("override", "open", "closed", "windows")
    places = [next(n for n, line in enumerate(lines) if name in line[:12]) for name in layers]
    assert places == sorted(places)
    assert lines[places[-1]].startswith(">")
    assert any(line.startswith("until") and "Mon 23 Nov 20:00 EST" in line for line in lines)


@pytest.mark.parametrize(
    ("endpoint", "at", "texts"),
    [
        pytest.param("my-endpoint", "2026-11-23T07:30",
                     ("my-endpoint is asleep by its schedule and being created",
                      "creation at  Mon 23 Nov 07:30 EST"), id="before a start"),
        pytest.param("my-endpoint", "2026-12-31T21:00", ("Fri 01 Jan 08:00 EST 2027",),
                     id="another year is named"),
        pytest.param("around-the-clock", "2026-11-23",
                     ("around-the-clock is awake\nthe schedule is `always`", "no end seen"),
                     id="always has no change"),
    ],
)  # fmt: skip
def test_in_words(lowtide: Lowtide, endpoint: str, at: str, texts: tuple[str, ...]) -> None:
    output = lowtide("explain", "--endpoint", endpoint, "--at", at).stdout
    assert all(text in output for text in texts)


def test_an_instant_that_is_none_is_refused(lowtide: Lowtide) -> None:
    result = lowtide("explain", "--endpoint", "my-endpoint", "--at", "noon", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--at: 'noon' is not a date or a date-time" in result.stderr

"""Requests to the control function: everything that is wrong with one is said at once."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lowtide.bootstrap import lifecycle
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.errors import RequestError
from lowtide.domain.schedule.schedule import Schedule
from lowtide.settings import LifecycleSettings
from lowtide.workflows.control.dispatch import ControlContext, control
from lowtide.workflows.control.requests import PauseRequest, parse

ENDPOINT = "my-deepgram-endpoint"
NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


@pytest.fixture
def context() -> ControlContext:
    """Never used: each request is refused before anything is read."""
    environment = {
        "LOWTIDE_CONFIG": "unused",
        "LOWTIDE_STACK": "lowtide-dev",
        "LOWTIDE_TABLE": "unused",
        "LOWTIDE_LEAD_MINUTES": "30",
    }
    services = lifecycle.services(LifecycleSettings.from_env(environment), prices={})
    managed = ManagedEndpoint(ENDPOINT, Schedule((), ZoneInfo("UTC")))
    return ControlContext(
        (managed,), services, lifecycle.scaling_views(), ("endpoints[1].schedule: none",)
    )


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param(
            {"action": "wake"}, "endpoint: is required; reason: is required; by: is required",
            id="everything that is missing at once",
        ),
        pytest.param(
            {"action": "delete", "endpoint": ENDPOINT},
            "action must be given as one of 'wake', 'sleep', 'auto', 'pause', 'resume', ",
            id="an action that is not there",
        ),
        pytest.param(
            {"action": "auto", "endpoint": "other"},
            f"endpoint: 'other' is not managed here; the file lists {ENDPOINT}; left out for "
            "an error: endpoints[1].schedule: none",
            id="an endpoint that is not in the file",
        ),
        pytest.param(
            {"action": "wake", "endpoint": ENDPOINT, "reason": "x", "by": "ann"},
            "until, for: give exactly one",
            id="no end",
        ),
        pytest.param(
            {"action": "wake", "endpoint": ENDPOINT, "reason": "x", "by": "ann", "for": "31h60m",
             "until": "2026-11-24T12:00:00Z"},
            "until, for: give exactly one",
            id="two ends",
        ),
        pytest.param(
            {"action": "wake", "endpoint": ENDPOINT, "reason": "x", "by": "ann", "for": "800h"},
            "is more than 30 days from now",
            id="an end too far away",
        ),
        pytest.param(
            {"action": "sleep", "endpoint": ENDPOINT, "reason": "x", "by": "ann",
             "until": "2026-11-20T12:00:00Z"},
            "2026-11-20T12:00:00+00:00 is in the past: it is Tue 24 Nov 00:30 UTC",
            id="an end in the past",
        ),
        pytest.param(
            {"action": "sleep", "endpoint": ENDPOINT, "reason": "x", "by": "ann",
             "until": "2026-11-24T12:00:00"},
            "until: '2026-11-24T12:00:00': has no time zone",
            id="an end without a zone",
        ),
        pytest.param(
            {"action": "pause", "endpoint": ENDPOINT}, "reason: is required; by: is required",
            id="a pause that does not say who and why",
        ),
        pytest.param("wake", "'wake': not a mapping", id="no request at all"),
        pytest.param(
            {"action": "pause", "endpoint": ENDPOINT, "reason": "x" * 501, "by": " "},
            "at most 500 characters; by: ' ': String should have at least 1",
            id="a reason that is too long, and a name that is blank",
        ),
        pytest.param(
            {"action": "pause", "endpoint": ENDPOINT, "reason": "\x1b[2J", "by": "ann\nbob"},
            r"reason: '\x1b[2J': not printable text on one line; by: 'ann\nbob': not printable",
            id="control characters",
        ),
        pytest.param(
            {"action": "pause", "endpoint": ENDPOINT, "reason": "\x9b2J", "by": "\u202eann"},
            r"reason: '\x9b2J': not printable text on one line; by: '\u202eann': not printable",
            id="control characters beyond ASCII",
        ),
        pytest.param(
            {"action": "status", "endpoint": "e\x1b"},
            r"endpoint: 'e\x1b': not a name in SageMaker",
            id="a name that no endpoint can have",
        ),
        pytest.param(
            {"action": "preview", "endpoint": ENDPOINT, "from": "2" * 51}, "at most 50 characters",
            id="an instant that is too long",
        ),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_carried_out_says_why(
    context: ControlContext, request_: object, expected: str
) -> None:
    with pytest.raises(RequestError) as refused:
        control(parse(request_), context, NOW)
    assert expected in str(refused.value)


@pytest.mark.parametrize("key", ["action", "endpoint", "reason", "by", "for", "until", "x" * 400])
def test_a_long_value_is_not_echoed_whole(key: str) -> None:
    """Lambda logs the message, and returns it to the caller."""
    request = {"action": "wake", "endpoint": ENDPOINT, "reason": "x", "by": "ann"}
    many = {f"unknown {number}": "" for number in range(1_000)}
    with pytest.raises(RequestError) as refused:
        parse(request | many | {key: "long" * 100_000})
    assert len(str(refused.value)) < 3_000


def test_a_reason_is_kept_without_the_blanks_around_it() -> None:
    request = {"action": "pause", "endpoint": ENDPOINT, "reason": " at 500 ms ✓\n", "by": "Zoë"}
    parsed = parse(request)
    assert isinstance(parsed, PauseRequest)
    assert (parsed.reason, parsed.by) == ("at 500 ms ✓", "Zoë")

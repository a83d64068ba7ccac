"""What `lowtide status` prints of an answer."""

import io
import json
from typing import Any
from unittest.mock import Mock

import pytest
from rich.console import Console

from lowtide_cli.status import detail, overview
from lowtide_cli.status.invoke import FunctionFailedError, invoke
from tests.unit.cli.status.answers import ENDPOINT, POLICY, VARIANT


def printed(answer: dict[str, Any], show: Any = detail.show) -> str:
    page = io.StringIO()
    show(answer, Console(file=page, width=80, markup=False, emoji=False, highlight=False))
    return " ".join(page.getvalue().split())


def detailed(**changes: Any) -> str:
    scaling = {"shown": "as it is now", "variants": [VARIANT | changes]}
    return printed(ENDPOINT | {"scaling": scaling})


def listed(*endpoints: dict[str, Any], **more: Any) -> str:
    return printed({"endpoints": endpoints, "unlisted": []} | more, overview.show)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, "AllTraffic: 1 instance, 3 desired; 1 to 6 allowed; suspended: scale-in",
                     id="counts, range and what is suspended"),
        pytest.param({"target": None}, "3 desired; no scalable target: nothing scales it",
                     id="no target"),
        pytest.param({}, "jump, StepScaling, set up outside Lowtide step from the threshold up: "
                     "+1 instance cooldown both ways 120 s", id="a step policy"),
        pytest.param({}, "full: Maximum of Lowtide CapacityUtilization >= 1, 1 of 1 x 60 s; its "
                     "actions are switched off no data, nothing is scaled by it since Mon 23 Nov "
                     "19:32 EST", id="an alarm without data, and switched off"),
        pytest.param({}, "alarm gone: it is not there", id="an alarm that is gone"),
        pytest.param({}, "Mon 23 Nov 19:40 EST Failed: Setting desired instance count to 6. "
                     "Failed to set: no capacity because monitor alarm full",
                     id="an activity that failed"),
        pytest.param({"activities": []}, "nothing was scaled in six weeks", id="no activities"),
        pytest.param({"target": {"error": "no right"}}, "its scalable target cannot be read: no "
                     "right", id="an unreadable target"),
        pytest.param({"policies": {"error": "no right"}}, "policies cannot be read: no right",
                     id="unreadable policies"),
        pytest.param({"policies": [POLICY | {"alarms": {"error": "no right"}}]},
                     "alarms cannot be read: no right", id="unreadable alarms"),
        pytest.param({"activities": {"error": "no right"}}, "activities cannot be read: no right",
                     id="unreadable activities"),
        pytest.param({"policies": [POLICY | {"alarms": []}]}, "alarms none: nothing triggers it",
                     id="a policy without alarms"),
        pytest.param({"policies": [{"name": "math", "type": "TargetTrackingScaling", "managed_by":
                     "set up outside Lowtide", "tracks": "m1 / 10",
                     "terms": {"m1": "Average of Load"},
                     "target": 0.7, "cooldown": {"out": "60 s"}, "scales_in": False, "alarms": []}]
                     }, "tracks m1 / 10 at 0.7, scale-out only where m1 is Average of Load",
                     id="metric math that scales out only"),
    ],
)  # fmt: skip
def test_scaling(changes: dict[str, Any], expected: str) -> None:
    assert expected in detailed(**changes)


def test_lifecycle_configuration_savings_costs_and_steps() -> None:
    output = detailed()
    assert "config now, pinned other it runs now, not other" in output
    savings = "last 7 days: 0.57 h asleep, saves at least 0.57 h of ml.g6.2xlarge, $0.70, against"
    assert savings in output
    ratio = "streams are 1.1 times their forecast"
    assert f"floor 5, with a minimum of 4; {ratio}; 3 from Mon 23 Nov 20:00 EST" in output
    assert "the floor is 5, and max is 4" in output
    assert "costs last 7 days: 2 h awake" in output
    assert "Mon 23 Nov 20:00 EST BeginDrain: [red]brackets[/red] (done)" in output


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        pytest.param(ENDPOINT, "calls desired asleep, actual InService, 6 ml.g6.2xlarge no window "
                     "is open until Mon 23 Nov 22:00 EST Wait: 70 streams are open",
                     id="one at work"),
        pytest.param(ENDPOINT | {"blocked": "not-tagged: [bold]it[/bold]"},
                     "blocked: not-tagged: [bold]it[/bold]", id="a step that is blocked"),
        pytest.param(ENDPOINT | {"paused": "ann: a look"}, "paused: ann: a look", id="a pause"),
        pytest.param(ENDPOINT | {"next": {"action": "Rest", "reason": ENDPOINT["because"]}},
                     "22:00 EST in sync, nothing to do", id="nothing to do"),
        pytest.param(ENDPOINT | {"next": {"action": "Rest", "reason": "now runs, not other"}},
                     "in sync, nothing to do: now runs, not other", id="nothing to do now"),
        pytest.param(ENDPOINT | {"next": {"action": "Refuse", "reason": "no tag"}},
                     "22:00 EST blocked: no tag", id="the next step is blocked"),
        pytest.param(ENDPOINT | {"next": {"action": "Forget", "reason": ENDPOINT["because"]}},
                     "22:00 EST reset retries", id="failed creations are forgotten"),
        pytest.param({"endpoint": "calls", "error": "DescribeEndpoint: Throttling"},
                     "unreadable: DescribeEndpoint: Throttling", id="one that cannot be read"),
        pytest.param({"endpoint": "calls", "status": "Absent", "note": "not in the file any more",
                      "override": "ann wants it"}, "Absent not in the file any more override: ann "
                      "wants it", id="one that left the file"),
    ],
)  # fmt: skip
def test_an_endpoint_among_all(endpoint: dict[str, Any], expected: str) -> None:
    assert expected in listed(endpoint)


def test_why_a_step_is_blocked_is_shown_once() -> None:
    blocked = ENDPOINT | {"blocked": "no tag", "next": {"action": "Refuse", "reason": "no tag"}}
    outputs = printed(blocked | {"scaling": {"shown": "", "variants": []}}), listed(blocked)
    assert [output.count("no tag") for output in outputs] == [1, 1]


def test_errors_of_the_file_are_above_the_table() -> None:
    error = "endpoints[0].schedule: 'nights': no such schedule"
    assert listed(errors=[error]).startswith(f"Left out of the file: {error}")


def test_a_stack_that_manages_nothing() -> None:
    assert listed().startswith("The stack manages no")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param({"errorType": "BusyError", "errorMessage": "Rate\nexceeded"},
                     "BusyError: Rate exceeded", id="an error with a type"),
        pytest.param({"errorMessage": "Task timed out"}, "Task timed out",
                     id="a time-out, which Lambda gives no type"),
    ],
)  # fmt: skip
def test_a_function_that_failed(
    monkeypatch: pytest.MonkeyPatch, answer: dict[str, str], reason: str
) -> None:
    payload = io.BytesIO(json.dumps(answer).encode())
    client = Mock(invoke=lambda **_: {"FunctionError": "Unhandled", "Payload": payload})
    monkeypatch.setattr("boto3.Session", lambda **_: Mock(client=lambda *_, **__: client))
    with pytest.raises(FunctionFailedError) as raised:
        invoke("lowtide-dev", {"action": "status"}, None, None)
    log = "its log is /aws/lambda/lowtide-dev-control"
    assert str(raised.value) == f"lowtide-dev-control failed: {reason}; {log}"

"""The four handlers with the events that AWS and people send them."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.deployment.template import Template
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.conftest import EVENING_PAUSE, Town

ROOT = Path(__file__).parents[3]


def event(name: str) -> Any:
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "answered"),
    [
        pytest.param("scheduler-minute", "decisions", id="the scheduler's minute"),
        pytest.param("scheduler-state-change", "decisions", id="a change of the endpoint's state"),
        pytest.param("reconciler-step", "batchItemFailures", id="a message that asks for a step"),
        pytest.param("publisher-minute", "published", id="the publisher's minute"),
        pytest.param("control-wake", "wish", id="somebody wakes it"),
        pytest.param("control-sleep", "wish", id="somebody puts it to sleep"),
        pytest.param("control-auto", "wish", id="somebody gives it back to its schedule"),
        pytest.param("control-pause", "paused", id="somebody wants it left alone"),
        pytest.param("control-resume", "wish", id="somebody lets Lowtide go on"),
        pytest.param("control-status", "status", id="somebody asks how it is"),
        pytest.param("control-preview", "changes", id="somebody asks what comes"),
        pytest.param("control-explain", "layers", id="somebody asks why"),
    ],
)
def test_the_events_that_are_shipped_are_understood(town: Town, name: str, answered: str) -> None:
    function = name.partition("-")[0]
    assert answered in town.stack.invoke(function, event(name))


def test_every_event_that_is_shipped_is_tested() -> None:
    parameters = test_the_events_that_are_shipped_are_understood.pytestmark[0].args[1]  # type: ignore[attr-defined]
    tested = {parameter.values[0] for parameter in parameters}
    assert tested == {path.stem for path in (ROOT / "events").glob("*.json")}


def test_a_tick_says_what_it_decided_and_why(town: Town) -> None:
    answer = town.stack.invoke("scheduler", {})
    assert answer["decisions"] == [
        {
            "endpoint": ENDPOINT,
            "action": "Rest",
            "reason": "the window opened Sun 22 Nov 22:00 EST",
            "failed": False,
            "blocked": False,
            "wake_overdue": False,
            "creating_too_long": False,
            "delete_overdue": False,
            "left_suspended": False,
            "blocker_codes": [],
            "restoring_minutes": None,
        }
    ]


def test_an_old_minute_is_decided_by_the_clock(town: Town) -> None:
    """Acting on the evening before, in the pause, would delete an endpoint that is wanted now."""
    answer = town.stack.invoke("scheduler", {"time": "2026-11-23T01:30:00Z"})
    assert answer["decisions"][0]["action"] == "Rest"


def test_the_same_minute_twice_asks_for_one_step(town: Town) -> None:
    town.until("Mon 19:59")
    town.control(action="sleep", endpoint=ENDPOINT, reason="test", by="ann", **{"for": "1h"})
    for _ in range(2):
        town.stack.invoke("scheduler", {"time": "2026-11-24T00:59:00Z"})
    town.stack.poll()
    assert town.ledger() == ["TakeSnapshot"]


def test_a_step_delivered_twice_creates_nothing_twice(town: Town) -> None:
    town.until("Mon 21:31")
    creations = town.statuses().count("Creating")
    for _ in range(2):
        town.stack.invoke("reconciler", event("reconciler-step"))
    assert town.statuses().count("Creating") == creations
    assert town.ledger().count("Create") == 1


def test_an_endpoint_that_left_the_file_is_left_as_it_is(town: Town) -> None:
    message = event("reconciler-step")
    message["Records"][0]["body"] = json.dumps({"endpoint": "somebody-elses"})
    assert town.stack.invoke("reconciler", message) == {"batchItemFailures": []}
    assert town.ledger() == []


def test_the_figures_are_published_while_it_is_in_service_and_not_while_it_sleeps(
    town: Town,
) -> None:
    town.calls(("19:31", 60), ("19:31", 60), ("19:31", 60))
    town.until("Mon 19:40")
    published = town.stack.invoke("publisher", {})["published"]
    assert published[0]["outcome"]["utilization"] == pytest.approx(0.15)
    metrics = boto3.client("cloudwatch").list_metrics(
        Namespace="Lowtide", Dimensions=[{"Name": "EndpointName", "Value": ENDPOINT}]
    )["Metrics"]
    assert {metric["MetricName"] for metric in metrics} == {"WeightedConcurrency"}
    town.until("Mon 20:30")
    outcome = town.stack.invoke("publisher", {})["published"][0]["outcome"]
    assert outcome["code"] == "not-in-service"


def test_control_answers_with_wish_state_and_next_step(town: Town) -> None:
    town.until("Mon 20:30")
    answer = town.control(action="status", endpoint=ENDPOINT)
    assert answer["wish"] == "asleep"
    assert answer["status"] == "Absent"
    assert answer["because"] == "no window is open until Mon 23 Nov 22:00 EST"
    assert answer["schedule_changes"]["at"] == "2026-11-24T03:00:00+00:00"
    assert len(answer["last_steps"]) == 3


def test_an_explanation_knows_what_somebody_asked_for_until_it_ends(town: Town) -> None:
    town.until("Mon 20:30")
    town.control(action="wake", endpoint=ENDPOINT, reason="test", by="ann", **{"for": "1h"})
    now = town.control(action="explain", endpoint=ENDPOINT)
    assert (now["decides"], now["wish"], now["schedule"]) == ("override", "awake", "asleep")
    assert now["because"] == "ann wants it awake until Mon 23 Nov 21:30 EST: test"
    later = town.control(action="explain", endpoint=ENDPOINT, at="2026-11-23T21:30")
    assert (later["decides"], later["wish"], later["in_lead"]) == ("windows", "awake", True)
    assert later["layers"][0]["says"] == ["none"]


def test_somebody_wakes_it_at_night_and_it_goes_back_to_its_schedule(town: Town) -> None:
    town.until("Mon 20:30")
    wake = {"action": "wake", "endpoint": ENDPOINT, "reason": "load test", "by": "ann"}
    assert town.control(**wake, **{"for": "2h"})["wish"] == "awake"
    town.until("Mon 20:45")
    assert town.status == "InService"
    assert town.control(action="auto", endpoint=ENDPOINT)["wish"] == "asleep"
    town.until("Mon 21:00")
    assert town.status == "Absent"


def test_each_function_calls_only_what_its_role_allows(town: Town) -> None:
    """The actions of the template, less those that AWS itself asks for on a caller's behalf."""
    town.control(action="pause", endpoint=ENDPOINT, reason="x", by="ann")
    town.control(action="resume", endpoint=ENDPOINT)
    town.control(action="wake", endpoint=ENDPOINT, reason="x", by="ann", **{"for": "10m"})
    town.control(action="auto", endpoint=ENDPOINT)
    town.until("Mon 20:01")
    town.control(action="status")
    town.control(action="status", endpoint=ENDPOINT)
    town.until("Mon 22:00")
    town.deploy(SCALED)
    town.until("Mon 22:03")
    town.deploy(EVENING_PAUSE)  # what the file kept is removed
    town.until("Mon 22:06")
    for function in ("scheduler", "reconciler", "publisher", "control"):
        called = {call.action for call in town.stack.calls[function]}
        allowed = _allowed(town.stack.template, function)
        assert called <= allowed, function
        assert allowed - called <= NOT_CALLED_BY_NAME, function


CAPACITY = "capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}"
KEPT = f"{CAPACITY}\n      min: 1\n      max: 6\n      target: 0.75\n      fast_lane: true"
SCALED = EVENING_PAUSE.replace(CAPACITY, KEPT)
NOT_CALLED_BY_NAME = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    # by the queue's poller
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    # asked for by CreateEndpoint, DeleteEndpoint, RegisterScalableTarget and PutScalingPolicy
    "sagemaker:AddTags",
    "sagemaker:UpdateEndpointWeightsAndCapacities",
    "application-autoscaling:DeregisterScalableTarget",
    "application-autoscaling:TagResource",
    "iam:CreateServiceLinkedRole",
    # with a boto3 that has them (1.44), see test_resource_policy.py
    "sagemaker:GetEndpointPolicy",
    "sagemaker:PutEndpointPolicy",
    # only for a variant with a single instance type, or figures that rest on the pools' order
    "sagemaker:DescribeEndpointConfig",
}


def _allowed(template: Template, function: str) -> set[str]:
    allowed: set[str] = set()
    for statement in template.statements(function):
        actions = statement["Action"]
        allowed.update([actions] if isinstance(actions, str) else actions)
    return allowed

"""From the end of a window to the delete: saved, then suspended, then drained.

A drain that is cancelled, blocked or left behind in any way does not leave scaling suspended.
"""

import pytest

from lowtide_workbench.aws.protocol.faults import Failed, Fault, Killed
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.aws_calls import (
    ALL_SUSPENDED,
    NOT_SUSPENDED,
    delete_endpoint,
    put_action,
    raised,
    sagemaker,
    scaling_range,
    suspended,
)
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

STAYS = EVENING_PAUSE.replace("deadline: 20m", "deadline: 5m, then: stay")
WITHOUT_IT = EVENING_PAUSE.replace(ENDPOINT, "another")
REGISTER = ("application-autoscaling", "RegisterScalableTarget", "reconciler")
NO_RESUME = Fault(Failed("AccessDeniedException", "no"), *REGISTER, times=3)


def begin_drain(town: Town) -> None:
    """It drains until 19:54 at the latest: streams are open until 20:30."""
    town.calls(("19:31", 60))
    town.pass_minutes(1)
    town.ask("sleep", 60)
    town.pass_until(lambda: town.steps() == ["TakeSnapshot", "BeginDrain"])
    assert suspended() == ALL_SUSPENDED


def test_scaling_is_suspended_while_streams_end_and_resumed_when_it_is_wanted(town: Town) -> None:
    evening = town.endpoint_state()
    begin_drain(town)
    town.wake()
    assert town.steps()[-1] == "EndDrain"
    assert town.differences(evening) == ()


def test_with_then_stay_open_streams_keep_it_past_the_deadline(town_with: TownMaker) -> None:
    town = town_with(STAYS)
    put_action("late-floor", "cron(40 19 ? * * *)", MinCapacity=3)
    begin_drain(town)
    town.until("Mon 19:45")
    assert (town.status, suspended()) == ("InService", ALL_SUSPENDED)
    assert "past the deadline" in town.next_reason()
    assert scaling_range() == (1, 6)
    town.wake()
    assert scaling_range() == (3, 6)  # the action was due while it was suspended


def test_scaling_that_cannot_be_suspended_is_tried_again_and_does_not_move_the_deadline(
    town_with: TownMaker,
) -> None:
    town = town_with(EVENING_PAUSE.replace("deadline: 20m", "deadline: 6m"))
    town.cloud.faults.add(NO_RESUME)
    town.calls(("19:31", 60))
    town.pass_minutes(1)
    town.ask("sleep", 60)
    town.until("Mon 19:37")
    outcomes = [outcome.partition(":")[0] for outcome in town.outcomes("BeginDrain")]
    assert outcomes == [
        "failed",
        "1 scalable target suspended; open streams may last for another 3 min",
    ]
    assert suspended() == ALL_SUSPENDED
    town.until("Mon 19:41")
    assert town.status == "Absent"


def test_one_deleted_by_hand_while_it_is_suspended_comes_back_as_it_was(town: Town) -> None:
    evening = town.endpoint_state()
    begin_drain(town)
    delete_endpoint()
    town.pass_minutes(2)
    town.wake()
    assert town.steps()[-2:] == ["Create", "Restore"]
    assert town.differences(evening) == ()


def test_a_drain_that_becomes_blocked_ends_at_its_deadline(town_with: TownMaker) -> None:
    town = town_with(EVENING_PAUSE.replace("deadline: 20m", "deadline: 6m"))
    model = sagemaker().describe_model(ModelName="my-model")
    begin_drain(town)
    sagemaker().delete_model(ModelName="my-model")
    town.until("Mon 19:36")
    assert suspended() == ALL_SUSPENDED
    town.until("Mon 19:44")
    assert (town.status, suspended()) == ("InService", NOT_SUSPENDED)
    assert town.steps() == ["TakeSnapshot", "BeginDrain", "Refuse", "EndDrain", "Refuse"]
    assert "my-model is missing" in town.show()["blocked"]
    sagemaker().create_model(
        ModelName="my-model",
        ExecutionRoleArn=model["ExecutionRoleArn"],
        PrimaryContainer=model["PrimaryContainer"],
    )
    town.until("Mon 20:00")
    assert town.status == "Absent"


def test_streams_that_cannot_be_read_delay_the_delete_until_the_deadline_only(
    town_with: TownMaker,
) -> None:
    town = town_with(EVENING_PAUSE.replace("deadline: 20m", "deadline: 6m"))
    for function in ("scheduler", "reconciler"):
        denied = Failed("AccessDenied", "no", 403)
        town.cloud.faults.add(Fault(denied, "cloudwatch", "GetMetricData", function, times=None))
    town.ask("sleep", 60)
    town.until("Mon 19:36")
    assert town.status == "InService"
    town.until("Mon 19:41")
    assert town.status == "Absent"


def test_a_delete_that_aws_throttles_for_long_raises_an_alarm(town: Town) -> None:
    throttled = Failed("ThrottlingException", "Rate exceeded")
    town.cloud.faults.add(Fault(throttled, "sagemaker", "DeleteEndpoint", times=None))
    town.ask("sleep", 90)
    town.until("Mon 20:05")
    assert raised() == []
    town.until("Mon 20:15")
    assert (town.status, raised()) == ("InService", ["AttentionAlarm"])


def test_paused_while_it_drains_it_gets_its_scaling_back_though_aws_refuses_for_some_minutes(
    town: Town,
) -> None:
    begin_drain(town)
    town.cloud.faults.add(NO_RESUME)
    answer = town.ask("pause")
    assert answer["next"]["action"] == "EndDrain"
    ending = "is still suspended, as it was draining, and is resumed"
    assert answer["next"]["reason"].endswith(ending)
    town.pass_minutes(2)
    assert suspended() == ALL_SUSPENDED
    town.pass_minutes(4)
    assert (town.status, suspended()) == ("InService", NOT_SUSPENDED)
    failed, ended = town.outcomes("EndDrain")
    assert failed.startswith("failed: scaling is not resumed")
    assert ended == "delete cancelled; 1 scalable target resumed"
    assert town.store.suspended() == frozenset()


def test_off_the_file_while_it_drains_it_gets_its_scaling_back(town: Town) -> None:
    begin_drain(town)
    town.deploy(WITHOUT_IT)
    (left,) = town.control(action="status")["unlisted"]
    ending = "it is InService; its scaling is still suspended, as it was draining"
    assert left["note"].endswith(ending)
    town.cloud.faults.add(NO_RESUME)
    town.pass_minutes(2)
    assert town.store.suspended() == {ENDPOINT}
    town.pass_minutes(4)
    assert (town.status, suspended()) == ("InService", NOT_SUSPENDED)
    assert town.store.suspended() == frozenset()
    steps = [entry["step"] for entry in town.history(ENDPOINT)]
    assert steps == ["TakeSnapshot", "BeginDrain", "EndDrain", "EndDrain"]
    left_alone = len(town.logged("scheduler", endpoint=ENDPOINT))
    town.pass_minutes(3)
    assert len(town.logged("scheduler", endpoint=ENDPOINT)) == left_alone


@pytest.mark.parametrize(
    ("service", "operation", "nth"),
    [
        pytest.param("dynamodb", "PutItem", 2, id="before it was suspended"),
        pytest.param(*REGISTER[:2], 1, id="after it was suspended"),
    ],
)
def test_killed_while_it_suspends_and_taken_off_the_file_it_is_resumed(
    town: Town, service: str, operation: str, nth: int
) -> None:
    town.calls(("19:31", 60))
    town.pass_minutes(1)
    town.ask("sleep", 60)
    town.pass_until(lambda: town.steps() == ["TakeSnapshot"])
    town.cloud.faults.add(Fault(Killed(), service, operation, "reconciler", nth))
    town.pass_until(lambda: bool(town.cloud.faults.hits))
    town.purge_steps()  # else the killed message would heal it
    town.deploy(WITHOUT_IT)
    town.pass_minutes(10)
    assert (town.status, suspended()) == ("InService", NOT_SUSPENDED)
    assert town.store.suspended() == frozenset()

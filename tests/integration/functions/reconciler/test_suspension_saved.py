"""While it drains its scaling is suspended: what comes back is what people left."""

from typing import Any

import pytest

from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.aws.sagemaker.status import Status
from tests.integration.functions.aws_calls import (
    ALL_SUSPENDED,
    NOT_SUSPENDED,
    POLICIES_BY_HAND,
    policies,
    put_action,
    scaling_range,
    set_range,
    suspend,
    suspended,
    targets,
)
from tests.integration.functions.conftest import Town

NO_SCALE_IN = NOT_SUSPENDED | {"DynamicScalingInSuspended": True}
NO_SCALE_OUT = NOT_SUSPENDED | {"DynamicScalingOutSuspended": True}


@pytest.fixture
def draining(town: Town) -> Town:
    """Saved at 19:32 as a person had suspended it, then suspended; streams are open until 19:42."""
    suspend(NO_SCALE_IN)
    town.calls(("19:31", 11))
    town.pass_minutes(1)
    town.ask("sleep", 60)
    town.pass_until(lambda: "BeginDrain" in town.steps())
    assert suspended() == ALL_SUSPENDED
    return town


def test_a_suspension_by_lowtide_is_not_saved_and_an_action_that_it_kept_from_firing_counts(
    draining: Town,
) -> None:
    put_action("late-floor", "cron(36 19 ? * * *)", MinCapacity=3)
    draining.until("Mon 19:38")
    assert scaling_range() == (1, 6)
    draining.pass_until(lambda: draining.status == "Absent")
    draining.wake()
    assert (suspended(), scaling_range()) == (NO_SCALE_IN, (3, 6))


def test_what_a_person_sets_during_the_drain_stays(draining: Town) -> None:
    put_action("late-floor", "cron(36 19 ? * * *)", MinCapacity=3)
    draining.until("Mon 19:38")
    suspend(NO_SCALE_OUT)
    set_range(2, 5)
    draining.pass_until(lambda: draining.status == "Absent")
    draining.wake()
    assert (suspended(), scaling_range()) == (NO_SCALE_OUT, (2, 5))


def test_a_delete_that_took_the_scaling_and_failed_loses_nothing(
    draining: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(self: EndpointsApi, request: dict[str, Any]) -> Any:
        self._scaling.forget(request["EndpointName"])
        raise Refusal("InternalFailure", "half done")

    with monkeypatch.context() as patch:
        patch.setattr(EndpointsApi, "delete_endpoint", half)
        draining.pass_until(lambda: targets() == [])
    draining.ask("wake", 60)
    draining.pass_until(lambda: draining.steps()[-1] == "Restore")
    assert draining.status == "InService"
    assert (suspended(), set(policies())) == (NO_SCALE_IN, POLICIES_BY_HAND)


@pytest.mark.parametrize(
    "then",
    [
        pytest.param("Failed", id="fails after it was accepted"),
        pytest.param("InService", id="is not seen for a few minutes"),
    ],
)
def test_a_suspension_by_lowtide_is_not_saved_where_the_delete(
    draining: Town, monkeypatch: pytest.MonkeyPatch, then: Status
) -> None:
    """Its scaling is still there, and still suspended."""

    def accepted(self: EndpointsApi, request: dict[str, Any]) -> None:
        endpoint = self._hosting.find(request["EndpointName"])
        endpoint.impose(then, None, self._clock.seconds())

    with monkeypatch.context() as patch:
        patch.setattr(EndpointsApi, "delete_endpoint", accepted)
        draining.pass_until(lambda: "Delete" in draining.steps())
    draining.pass_until(lambda: draining.status == "Absent")
    draining.wake()
    assert suspended() == NO_SCALE_IN

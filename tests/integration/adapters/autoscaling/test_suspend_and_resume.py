"""Scaling of two variants, suspended and resumed by calls that may fail or end in between."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Snapshot
from lowtide.workflows.reconciler.suspend_scaling import resume_scaling, suspend_scaling
from lowtide.workflows.reconciler.take_snapshot import snapshot_to_keep
from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.protocol.refusal import Refusal
from tests.integration.adapters.conftest import NAME, POOLS, Account
from tests.unit.contexts import context_with

PARTS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
ALL = (True, True, True)
OWN = {"AllTraffic": (False, False, True), "Canary": (False, False, False)}


def states(account: Account) -> dict[str, tuple[bool, ...]]:
    found: Any = account.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")
    return {
        target["ResourceId"].rpartition("/")[2]: tuple(target["SuspendedState"][p] for p in PARTS)
        for target in found["ScalableTargets"]
    }


def suspend(account: Account, variant: str, state: tuple[bool, ...]) -> None:
    autoscaling: Any = account.autoscaling
    autoscaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/{variant}",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=3,
        SuspendedState=dict(zip(PARTS, state, strict=True)),
    )


class Endpoint:
    """What a step of now would see, and a table that remembers the newest snapshot."""

    def __init__(self, account: Account) -> None:
        self._account = account
        created = account.sagemaker.describe_endpoint(EndpointName=NAME)["CreationTime"]
        self._record = Record(verified_created_at=created)
        self._world: Any = SimpleNamespace(
            endpoints=Endpoints(account.sagemaker),
            scaling=ScalingDocuments(account.autoscaling, account.cloudwatch),
            store=SimpleNamespace(save_snapshot=self._keep, load=self._recall),
        )

    def _keep(self, _: str, snapshot: Snapshot) -> None:
        self._record = replace(self._record, snapshot=snapshot)

    def _recall(self, _: str) -> StoredState:
        return StoredState(self._record, override=None)

    def _situation(self) -> Context:
        return context_with(
            managed=ManagedEndpoint(NAME, Schedule((), ZoneInfo("UTC"))),
            desired=DesiredState(False, "the window has closed"),
            endpoint=self._world.endpoints.observe(NAME),
            record=self._record,
            stack="",
            now=self._account.cloud.clock.now(),
        )

    def save(self) -> None:
        self._keep(NAME, snapshot_to_keep(self._situation(), self._world))

    def drain(self) -> None:
        self._record = replace(self._record, draining_since=self._account.cloud.clock.now())

    def hold(self) -> str:
        return suspend_scaling(self._situation(), self._world)

    def release(self) -> str:
        return resume_scaling(self._situation(), self._world)


@pytest.fixture
def endpoint(account: Account) -> Endpoint:
    account.configure({"InstancePools": POOLS}, {"VariantName": "Canary", "InstancePools": POOLS})
    account.in_service()
    for variant, state in OWN.items():
        suspend(account, variant, state)
    found = Endpoint(account)
    found.save()
    found.drain()
    return found


@pytest.fixture
def only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second change of a target is refused, once."""
    real = ApplicationAutoScaling.register_scalable_target
    calls: list[str] = []

    def register(self: ApplicationAutoScaling, request: dict[str, Any]) -> Any:
        calls.append(request["ResourceId"])
        if len(calls) == 2:
            raise Refusal("ConcurrentUpdateException", "another change is going on")
        return real(self, request)

    monkeypatch.setattr(ApplicationAutoScaling, "register_scalable_target", register)


def test_each_target_gets_its_own_state_back(account: Account, endpoint: Endpoint) -> None:
    assert endpoint.hold() == "2 scalable targets suspended"
    assert states(account) == dict.fromkeys(OWN, ALL)
    assert endpoint.release() == "2 scalable targets resumed"
    assert states(account) == OWN


def test_a_hold_of_some_targets_is_finished_or_taken_back(
    account: Account, endpoint: Endpoint, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("only_once")
    with pytest.raises(LowtideError, match=r"scaling is not suspended: .*Canary: .*Concurrent"):
        endpoint.hold()
    assert states(account) == {"AllTraffic": ALL, "Canary": OWN["Canary"]}
    endpoint.save()  # the half that is held is not the owner's
    assert endpoint.hold() == "1 scalable target suspended"
    assert endpoint.release() == "2 scalable targets resumed"
    assert states(account) == OWN


def test_a_release_that_fails_halfway_is_finished_by_the_next(
    account: Account, endpoint: Endpoint, request: pytest.FixtureRequest
) -> None:
    endpoint.hold()
    request.getfixturevalue("only_once")
    with pytest.raises(LowtideError, match="scaling is not resumed"):
        endpoint.release()
    assert endpoint.release() == "1 scalable target resumed"
    assert states(account) == OWN


def test_a_target_registered_by_hand_during_the_drain_is_not_touched(
    account: Account, endpoint: Endpoint
) -> None:
    account.autoscaling.deregister_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/Canary",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
    )
    endpoint.save()
    endpoint.hold()
    suspend(account, "Canary", ALL)
    assert endpoint.release() == "1 scalable target resumed"
    assert states(account) == {"AllTraffic": OWN["AllTraffic"], "Canary": ALL}

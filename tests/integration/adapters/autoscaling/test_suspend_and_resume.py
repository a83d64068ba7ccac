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
from tests.integration.adapters.conftest import NAME, POOLS, Account, target
from tests.unit.contexts import context_with

PARTS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
ALL = (True, True, True)
OWN = {"AllTraffic": (False, False, True), "Canary": (False, False, False)}


def states(account: Account) -> dict[str, tuple[bool, ...]]:
    found: Any = account.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")
    return {
        each["ResourceId"].rpartition("/")[2]: tuple(each["SuspendedState"][p] for p in PARTS)
        for each in found["ScalableTargets"]
    }


def suspend(account: Account, variant: str, state: tuple[bool, ...]) -> None:
    suspended = dict(zip(PARTS, state, strict=True))
    account.autoscaling.register_scalable_target(
        **target(variant, MinCapacity=1, MaxCapacity=3, SuspendedState=suspended)
    )


class Endpoint:
    """A step of the reconciler, with a table that has the newest record."""

    def __init__(self, account: Account) -> None:
        self._account = account
        created = account.sagemaker.describe_endpoint(EndpointName=NAME)["CreationTime"]
        self._record = Record(verified_created_at=created)
        self._services: Any = SimpleNamespace(
            endpoints=Endpoints(account.sagemaker),
            scaling=ScalingDocuments(account.autoscaling, account.cloudwatch),
            store=SimpleNamespace(save_snapshot=self._save, load=self._load),
        )

    def _save(self, _: str, snapshot: Snapshot) -> None:
        self._record = replace(self._record, snapshot=snapshot)

    def _load(self, _: str) -> StoredState:
        return StoredState(self._record, override=None)

    def _context(self) -> Context:
        return context_with(
            managed=ManagedEndpoint(NAME, Schedule((), ZoneInfo("UTC"))),
            desired=DesiredState(False, "the window is closed"),
            endpoint=self._services.endpoints.observe(NAME),
            record=self._record,
            stack="",
            now=self._account.cloud.clock.now(),
        )

    def save(self) -> None:
        self._save(NAME, snapshot_to_keep(self._context(), self._services))

    def drain(self) -> None:
        self._record = replace(self._record, draining_since=self._account.cloud.clock.now())

    def suspend(self) -> str:
        return suspend_scaling(self._context(), self._services)

    def resume(self) -> str:
        return resume_scaling(self._context(), self._services)


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


def test_each_target_is_resumed_to_its_own_state(account: Account, endpoint: Endpoint) -> None:
    assert endpoint.suspend() == "2 scalable targets suspended"
    assert states(account) == dict.fromkeys(OWN, ALL)
    assert endpoint.resume() == "2 scalable targets resumed"
    assert states(account) == OWN


def test_a_suspension_that_fails_halfway_is_finished_by_the_next_and_resumed_whole(
    account: Account, endpoint: Endpoint, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("only_once")
    with pytest.raises(LowtideError, match=r"scaling is not suspended: .*Canary: .*Concurrent"):
        endpoint.suspend()
    assert states(account) == {"AllTraffic": ALL, "Canary": OWN["Canary"]}
    endpoint.save()  # without what Lowtide has suspended
    assert endpoint.suspend() == "1 scalable target suspended"
    assert endpoint.resume() == "2 scalable targets resumed"
    assert states(account) == OWN


def test_a_resumption_that_fails_halfway_is_finished_by_the_next(
    account: Account, endpoint: Endpoint, request: pytest.FixtureRequest
) -> None:
    endpoint.suspend()
    request.getfixturevalue("only_once")
    with pytest.raises(LowtideError, match="scaling is not resumed"):
        endpoint.resume()
    assert endpoint.resume() == "1 scalable target resumed"
    assert states(account) == OWN


def test_a_target_registered_by_hand_during_the_drain_is_not_touched(
    account: Account, endpoint: Endpoint
) -> None:
    account.autoscaling.deregister_scalable_target(**target("Canary"))
    endpoint.save()
    endpoint.suspend()
    suspend(account, "Canary", ALL)
    assert endpoint.resume() == "1 scalable target resumed"
    assert states(account) == {"AllTraffic": OWN["AllTraffic"], "Canary": ALL}

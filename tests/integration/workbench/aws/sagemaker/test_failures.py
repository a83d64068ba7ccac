"""Failures that show only after a while, and eventual consistency."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.settings import ModelFailure
from lowtide_workbench.fleet.pools import Drought

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
TYPES = ("ml.g6.2xlarge", "ml.g6e.2xlarge")


@pytest.mark.parametrize(
    ("failure", "minutes", "text"),
    [
        pytest.param(
            ModelFailure.CRASH_LOOP,
            24,
            "The primary container for production variant AllTraffic did not pass the ping health "
            "check. Please check CloudWatch logs for this endpoint.",
            id="a container crash loop lasts 24 min (facts 5)",
        ),
        pytest.param(
            ModelFailure.MISSING_ARTEFACTS,
            60,
            "Failed to download model data",
            id="missing artefacts last an hour (facts 5)",
        ),
        pytest.param(
            ModelFailure.SERVICE,
            3,
            "Request to service failed. If failure persists after retry, contact customer support.",
            id="the service's own failure comes within minutes (facts 5)",
        ),
    ],
)
def test_a_creation_fails_after_its_time_and_cannot_be_deleted_before(
    open_account: Any, failure: ModelFailure, minutes: int, text: str
) -> None:
    account = open_account(CloudSettings(failures={"model": failure}))
    account.configure()
    account.create()
    account.wait(minutes=minutes, seconds=-10)
    assert account.status == "Creating"
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        account.delete()
    account.wait(seconds=10)
    assert account.status == "Failed"
    assert account.described["FailureReason"].startswith(text)
    assert "ProductionVariants" not in account.described
    account.delete()


def test_only_the_pool_that_is_used_matters_where_each_has_its_model(open_account: Any) -> None:
    """Facts 1.1: ModelNameOverride."""
    account = open_account(CloudSettings(failures={"for-large": ModelFailure.CRASH_LOOP}))
    large = {"InstanceType": "ml.g6e.2xlarge", "Priority": 2, "ModelNameOverride": "for-large"}
    account.configure(InstancePools=[{"InstanceType": "ml.g6.2xlarge", "Priority": 1}, large])
    account.create()
    account.wait_for("InService")


@pytest.mark.parametrize(
    ("pools", "least", "most"),
    [
        pytest.param(True, 4, 20, id="pools answer one after the other (facts 1.2)"),
        pytest.param(False, 20, 31, id="a single type takes 20-31 min (facts 5)"),
    ],
)
def test_without_capacity_creation_fails_in(
    open_account: Any, least: int, most: int, *, pools: bool
) -> None:
    account = open_account(CloudSettings(droughts={each: [Drought(0, 1e11)] for each in TYPES}))
    alone = {
        "InstancePools": None,
        "InstanceType": TYPES[0],
        "VariantInstanceProvisionTimeoutInSeconds": None,
    }
    account.configure(**({} if pools else alone))
    account.create()
    account.wait_for("Failed")
    took = account.cloud.clock.now() - START
    assert timedelta(minutes=least) <= took <= timedelta(minutes=most)


def test_capacity_may_be_short_at_the_same_hours_every_day(open_account: Any) -> None:
    first = datetime.combine(START.date(), time(22), UTC)
    nights = [(first + timedelta(days=n), first + timedelta(days=n, hours=8)) for n in range(3)]
    droughts = {TYPES[0]: [Drought(begin.timestamp(), end.timestamp()) for begin, end in nights]}
    account = open_account(CloudSettings(droughts=droughts))
    account.configure()
    used = []
    for _ in range(4):
        account.create()
        account.wait_for("InService")
        counts = account.cloud.fleet(account.name).counts
        used.append(next(each for each, count in counts.items() if count))
        account.delete()
        account.wait(hours=12)
    assert used == [TYPES[0], TYPES[1], TYPES[0], TYPES[1]]


def test_what_is_read_may_be_a_few_seconds_old(open_account: Any) -> None:
    account = open_account(CloudSettings(read_lag_s=20))
    account.configure()
    account.create()
    with pytest.raises(ClientError, match='Could not find endpoint "arn:'):
        _ = account.described
    assert account.sagemaker.list_endpoints()["Endpoints"] == []
    with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
        account.create()
    account.wait(seconds=20)
    assert account.described["EndpointStatus"] == "Creating"
    account.wait(minutes=15)
    account.delete()
    assert account.described["EndpointStatus"] == "InService"
    account.wait_for("Absent")
    assert account.described["EndpointStatus"] == "Deleting"
    listed = account.sagemaker.list_endpoints()["Endpoints"]
    assert [each["EndpointStatus"] for each in listed] == ["Deleting"]
    account.wait(seconds=20)
    with pytest.raises(ClientError, match="Could not find endpoint"):
        _ = account.described


def test_a_new_configuration_may_not_be_found_yet(open_account: Any) -> None:
    """Facts 5: CreateEndpoint reads the configuration with eventual consistency."""
    account = open_account(CloudSettings(config_lag_s=5))
    account.configure()
    with pytest.raises(ClientError, match="Could not find endpoint configuration"):
        account.create()
    account.wait(seconds=5)
    account.create()


def test_a_name_may_not_be_free_yet_when_its_endpoint_is_gone(open_account: Any) -> None:
    """Facts 0.8, 12.6."""
    account = open_account(CloudSettings(name_lag_s=30))
    account.in_service()
    account.delete()
    account.wait_for("Absent")
    with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
        account.create(EndpointName="MY-ENDPOINT")
    account.wait(seconds=30)
    account.create()


def test_events_may_come_twice_late_and_out_of_order(open_account: Any) -> None:
    """Facts 6.1: "may send multiple events for each state change"."""
    account = open_account(CloudSettings(event_copies=2, event_lateness_s=(0, 1200), seed=3))
    statuses: list[tuple[str, float]] = []

    def listen(event: dict[str, Any]) -> None:
        at = datetime.fromisoformat(event["time"])
        late = (account.cloud.clock.now() - at).total_seconds()
        statuses.append((event["detail"]["EndpointStatus"], late))

    account.cloud.on_event(listen)
    account.in_service()
    account.wait(hours=1)
    assert sorted(status for status, _ in statuses) == ["CREATING"] * 2 + ["IN_SERVICE"] * 2
    assert [status for status, _ in statuses] != ["CREATING"] * 2 + ["IN_SERVICE"] * 2
    assert max(late for _, late in statuses) > 300


def test_deployment_events_tell_what_a_variant_is_at(open_account: Any) -> None:
    """Facts 6.1: the second type of event, also fired by changes of capacity."""
    account = open_account(CloudSettings(deployment_events=True))
    events: list[dict[str, Any]] = []
    account.cloud.on_event(events.append)
    account.in_service()
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=account.name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 6}],
    )
    account.wait(seconds=10)
    kind = "SageMaker Endpoint Deployment State Change"
    statuses = [
        event["detail"]["ProductionVariants"][0]["VariantStatus"][0]
        for event in events
        if event["detail-type"] == kind
    ]
    assert statuses == [
        {"Status": "Creating"},
        {"Status": "Updating", "StatusMessage": "Scaling out desired instance count to 6."},
    ]


@pytest.mark.parametrize("tells", [True, False])
def test_a_last_event(open_account: Any, *, tells: bool) -> None:
    """Facts 12.6: unknown."""
    account = open_account(CloudSettings(event_on_deleted=tells))
    events: list[dict[str, Any]] = []
    account.cloud.on_event(events.append)
    account.in_service()
    account.delete()
    account.wait_for("Absent")
    account.wait(seconds=10)
    last = ["DELETED"] if tells else []
    assert [event["detail"]["EndpointStatus"] for event in events] == [
        "CREATING", "IN_SERVICE", "DELETING", *last,
    ]  # fmt: skip


@pytest.mark.parametrize("tells", [True, False])
def test_the_event_of_a_failure(open_account: Any, *, tells: bool) -> None:
    """Facts 12.6: whether the detail carries FailureReason is unknown."""
    failures = {"model": ModelFailure.SERVICE}
    account = open_account(CloudSettings(failures=failures, event_failure_reason=tells))
    events: list[dict[str, Any]] = []
    account.cloud.on_event(events.append)
    account.configure()
    account.create()
    account.wait(minutes=10)
    assert events[-1]["detail"]["EndpointStatus"] == "FAILED"
    assert ("FailureReason" in events[-1]["detail"]) is tells

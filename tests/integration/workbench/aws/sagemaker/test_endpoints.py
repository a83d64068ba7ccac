"""SageMaker hosting: statuses that take time, fleets, sessions, events."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.fleet.pools import Drought

ARN = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint"


def test_a_life_takes_time_at_every_step_and_the_name_is_free_again(account: Any) -> None:
    account.in_service()
    account.scale(2)
    account.wait_for("InService")
    account.delete()
    account.wait_for("Absent")
    account.create()
    history = account.cloud.statuses
    spans = [
        ((before, after), (at - since) / timedelta(minutes=1))
        for (since, _, before), (at, _, after) in pairwise(history)
    ]
    expected = [
        (("Creating", "InService"), 5, 11), (("InService", "Updating"), 0, 15),
        (("Updating", "InService"), 5, 11), (("InService", "Deleting"), 0, 1),
        (("Deleting", "Absent"), 1, 2.2), (("Absent", "Creating"), 0, 1),
    ]  # fmt: skip
    for (change, minutes), (expected_change, least, most) in zip(spans, expected, strict=True):
        assert change == expected_change
        assert least <= minutes <= most, change


def test_describe_has_the_pools_with_their_live_counts(account: Any) -> None:
    account.in_service(count=2)
    described = account.described
    (variant,) = described["ProductionVariants"]
    assert variant["InstancePools"] == [
        {"InstanceType": "ml.g6.2xlarge", "CurrentInstanceCount": 2},
        {"InstanceType": "ml.g6e.2xlarge", "CurrentInstanceCount": 0},
    ]
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (2, 2)
    assert described["EndpointArn"] == ARN
    assert described["CreationTime"] == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_in_a_drought_the_fallback_joins_and_is_the_first_to_go(open_account: Any) -> None:
    dry = Drought(datetime(2026, 11, 23, 12, 14, tzinfo=UTC).timestamp(), 1e11)
    account = open_account(CloudSettings(droughts={"ml.g6.2xlarge": [dry]}))
    account.in_service()
    for count, of_fallback in ((2, 1), (1, 0)):
        account.scale(count)
        account.wait_for("InService")
        counts = account.cloud.fleet(account.name).counts
        assert counts == {"ml.g6.2xlarge": 1, "ml.g6e.2xlarge": of_fallback}


def test_sessions_are_cut_at_deletion(account: Any) -> None:
    account.in_service()
    account.sessions((1, 20), (1, 20), (1, 5000))
    account.wait(seconds=10)
    account.delete()
    account.wait_for("Absent")
    account.sessions((5, 60))
    account.wait(seconds=10)
    tally = account.cloud.tally(account.name)
    assert (tally.served, tally.cut, tally.unserved) == (3, 3, 1)


def test_nothing_is_served_before_in_service_even_where_instances_are_ready(account: Any) -> None:
    start = account.cloud.clock.seconds()
    account.sessions(*((second, 1) for second in range(1, 1000)))
    account.configure(count=3)
    account.create()
    account.wait_for("InService")
    tally = account.cloud.tally(account.name)
    assert tally.served == 0
    assert tally.unserved == account.cloud.clock.seconds() - start - 1
    assert tally.instance_seconds["ml.g6.2xlarge"] > 0, "instances are billed once they are ready"


def test_each_change_of_status_is_an_event(account: Any) -> None:
    """Facts 6.1."""
    events: list[dict[str, Any]] = []
    account.cloud.on_event(events.append)
    account.configure()
    account.create(Tags=[{"Key": "team", "Value": "voice"}])
    assert not events, "an event never arrives inside the call that caused it"
    account.wait_for("InService")
    account.delete()
    account.wait_for("Absent")
    account.wait(seconds=10)
    statuses = [event["detail"]["EndpointStatus"] for event in events]
    assert statuses == ["CREATING", "IN_SERVICE", "DELETING"]
    event = events[0]
    assert event["source"] == "aws.sagemaker"
    assert event["detail-type"] == "SageMaker Endpoint State Change"
    assert event["resources"] == [ARN]
    assert event["time"] == "2026-11-23T12:00:00Z"
    assert event["detail"]["EndpointName"] == account.name
    assert event["detail"]["CreationTime"] == 1795435200000.0
    assert event["detail"]["Tags"] == {"team": "voice"}


def test_a_client_made_in_one_cloud_reaches_the_next(open_account: Any) -> None:
    first = open_account(CloudSettings())
    first.configure()
    first.cloud.__exit__(None, None, None)
    second = open_account(CloudSettings())
    assert first.sagemaker.list_endpoint_configs()["EndpointConfigs"] == []
    second.configure()
    assert len(first.sagemaker.list_endpoint_configs()["EndpointConfigs"]) == 1

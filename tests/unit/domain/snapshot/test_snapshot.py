"""What is saved comes back, and what did not come back is named."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lowtide.adapters.dynamodb.snapshot_item import from_json
from lowtide.domain.snapshot.difference import differences, fields
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot, to_json

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
TARGET = {"ResourceId": "endpoint/e/variant/AllTraffic", "MinCapacity": 1, "MaxCapacity": 4}
POLICY = {"PolicyName": "follow", "PolicyType": "TargetTrackingScaling", "TargetValue": 7.5}


def snapshot(**scaling: tuple[Mapping[str, object], ...]) -> Snapshot:
    return Snapshot(NOW, "config", {"team": "voice"}, Scaling(**scaling))


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        pytest.param(
            snapshot(targets=({**TARGET, "MaxCapacity": 2},), policies=(POLICY,)),
            "scaling.targets[endpoint/e/variant/AllTraffic].MaxCapacity: was 4, is 2",
            id="a changed field",
        ),
        pytest.param(
            snapshot(targets=(TARGET,), policies=({**POLICY, "New": 1},)),
            "scaling.policies[follow].New: was nothing, is 1",
            id="a field too many",
        ),
    ],
)
def test_a_difference_names_its_field(live: Snapshot, expected: str) -> None:
    saved = snapshot(targets=(TARGET,), policies=(POLICY,))
    assert [str(difference) for difference in differences(saved, live)] == [expected]


def test_the_order_of_policies_is_no_difference() -> None:
    other = {**POLICY, "PolicyName": "other"}
    assert not differences(snapshot(policies=(POLICY, other)), snapshot(policies=(other, POLICY)))


def test_the_order_of_dimensions_is_no_difference() -> None:
    where: list[dict[str, str]] = [{"Name": "EndpointName"}, {"Name": "VariantName"}]
    one, other = {**POLICY, "Dimensions": where}, {**POLICY, "Dimensions": where[::-1]}
    assert not differences(snapshot(policies=(one,)), snapshot(policies=(other,)))


def test_a_text_in_a_list_that_holds_the_name_of_a_field_is_a_text() -> None:
    topic = "arn:aws:sns:us-east-1:1:AlarmName"
    alarm = {"AlarmName": "full", "AlarmActions": [topic]}
    assert fields(snapshot(alarms=(alarm,)))["scaling.alarms[full].AlarmActions[0]"] == topic


OLD = (
    '{"config_name":"config","scaling":{"alarms":[],"policies":[{"New":{"deep":[1]},'
    '"PolicyName":"follow","ResourceId":"r"}],"scheduled_actions":[],"targets":[{"MinCapacity":1,"ResourceId":'
    '"endpoint/e/variant/A","Tags":{"team":"voice"}}]},"tags":{"team":"voice"},'
    '"taken_at":"2026-11-23T21:00:00+00:00"}'
)


def test_a_snapshot_from_before_there_were_weights_is_still_read() -> None:
    old = from_json(OLD)
    assert (old.deployment, old.variants, old.ranges_as_of) == ({}, (), NOW)
    assert old.scaling.targets[0]["Tags"] == {"team": "voice"}
    policy = {"New": {"deep": [1]}, "PolicyName": "follow", "ResourceId": "r"}
    assert old.scaling.policies == (policy,)
    assert from_json(to_json(old)) == old


def variant(**fields: float) -> Mapping[str, object]:
    given = {"InitialVariantWeight": 1.0, "InitialInstanceCount": 1}
    return (
        {"VariantName": "AllTraffic", "DesiredWeight": 1.0, "DesiredInstanceCount": 1}
        | given
        | fields
    )


def test_a_snapshot_survives_being_stored() -> None:
    saved = replace(
        snapshot(targets=(TARGET,)),
        deployment={"RollingUpdatePolicy": {"WaitIntervalInSeconds": 60}},
        variants=(variant(DesiredWeight=0.2),),
        scheduled_until=NOW - timedelta(hours=1),
        newer_ranges={"endpoint/e/variant/A": NOW},
        resource_policy='{"Statement": []}',
    )
    read = from_json(to_json(saved))
    assert read == saved
    assert differences(saved, read) == ()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({"variants": (variant(DesiredInstanceCount=3),)}, [],
                     id="a count that its scalable target keeps is measured, not set"),
        pytest.param({"variants": (variant(DesiredWeight=0.2),)},
                     ["variants: was [], is nothing",
                      "variants[AllTraffic].DesiredWeight: was nothing, is 0.2",
                      "variants[AllTraffic].VariantName: was nothing, is 'AllTraffic'"],
                     id="a weight was set"),
        pytest.param({"taken_at": NOW + timedelta(hours=1), "scheduled_until": NOW}, [],
                     id="when it was taken"),
        pytest.param({"newer_ranges": {"endpoint/e/variant/A": NOW}}, [],
                     id="nor since when a range is as it is"),
    ],
)  # fmt: skip
def test_what_counts_as_changed(changed: Mapping[str, Any], expected: list[str]) -> None:
    saved = replace(snapshot(targets=(TARGET,)), variants=(variant(),))
    assert [str(d) for d in differences(saved, replace(saved, **changed))] == expected


def test_a_time_is_the_same_in_every_zone() -> None:
    here, there = NOW.astimezone(ZoneInfo("Asia/Tokyo")), NOW
    actions = [({"ScheduledActionName": "a", "StartTime": at},) for at in (here, there)]
    before, after = (snapshot(scheduled_actions=action) for action in actions)
    assert differences(before, after) == ()

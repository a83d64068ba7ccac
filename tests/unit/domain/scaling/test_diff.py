"""What is done about the scaling that is there: to Lowtide's own only, and where it differs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from lowtide.domain.scaling.desired import desired_documents
from lowtide.domain.scaling.diff import AppliedScaling, ScalingDiff, diff, without_own
from lowtide.domain.snapshot.snapshot import Document, Scaling
from tests.unit.domain.scaling.scaled import KEY, MIXED, ONE_TYPE, scaled, stepped

OWN_ALARM = "lowtide-e/v/fast-lane"
ASKED = desired_documents(scaled(fast_lane=True), MIXED)
TRACKING, LANE = (dict(policy) for policy in ASKED.policies)
TARGET, ALARM = dict(ASKED.targets[0]), dict(ASKED.alarms[0])
MINE = KEY | {"PolicyName": "mine", "PolicyType": "TargetTrackingScaling"}
SPECIFICATION = "TargetTrackingScalingPolicyConfiguration"
NARROWED = TARGET | {"MinCapacity": 3}
FILLED_IN = TRACKING | {SPECIFICATION: TRACKING[SPECIFICATION] | {"DisableScaleIn": False}}


def do(asked: Scaling, live: Scaling, *, ranged: Sequence[str] = ("v",)) -> ScalingDiff:
    return diff(asked, live, [OWN_ALARM], ranged=ranged)


def tracking(specification: Document) -> dict[str, Any]:
    return MINE | {SPECIFICATION: {"TargetValue": 5.0, **specification}}


def names(scaling: Scaling) -> list[str]:
    return [
        *(str(t["ResourceId"]) for t in scaling.targets),
        *(str(p["PolicyName"]) for p in scaling.policies),
        *(str(a["AlarmName"]) for a in scaling.alarms),
    ]


ALL = ["endpoint/e/variant/v", "lowtide-target-tracking", "lowtide-fast-lane", OWN_ALARM]


PUT = {
    "nothing is there: all is put": (Scaling(), ALL),
    "all is there: nothing is": (ASKED, []),
    "one was deleted: that one": (
        Scaling((TARGET,), (LANE,), (), (ALARM,)), ["lowtide-target-tracking"],
    ),
    "a scheduled action has moved the range: left so": (
        Scaling((NARROWED,), ASKED.policies, (), ASKED.alarms), [],
    ),
    "the alarm outlived its policy, which has a new ARN": (
        Scaling((TARGET,), ASKED.policies, (), (ALARM | {"AlarmActions": ["arn:old"]},)),
        [OWN_ALARM],
    ),
    "what AWS fills in, or orders anew, is no difference": (
        Scaling(
            (TARGET | {"RoleARN": "r", "SuspendedState": {}},),
            (FILLED_IN, LANE),
            (),
            (ALARM | {"ActionsEnabled": True, "Dimensions": ALARM["Dimensions"][::-1]},),
        ),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("live", "put"), PUT.values(), ids=PUT)
def test_what_is_put(live: Scaling, put: list[str]) -> None:
    found = do(ASKED, live)
    assert names(found.put) == put
    assert (names(found.remove), found.ranges, found.left_out) == ([], (), ())


REMOVED = {
    "the file asks for nothing: Lowtide's own go, the target stays": (
        Scaling(), ASKED, ["lowtide-target-tracking", "lowtide-fast-lane", OWN_ALARM],
    ),
    "no fast lane any more: it goes with its alarm": (
        desired_documents(scaled(), MIXED), ASKED, ["lowtide-fast-lane", OWN_ALARM],
    ),
    "what was made by hand stays": (
        Scaling(), Scaling((TARGET,), (MINE,), (), (ALARM | {"AlarmName": "mine"},)), [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "live", "removed"), REMOVED.values(), ids=REMOVED)
def test_what_is_removed(asked: Scaling, live: Scaling, removed: list[str]) -> None:
    found = do(asked, live)
    assert names(found.remove) == removed
    assert names(found.put) == []


IN_WORDS = {
    "nothing is there": (
        do(ASKED, Scaling()),
        [
                "endpoint/e/variant/v is not registered",
                "endpoint/e/variant/v lowtide-target-tracking is not as the file asks",
                "endpoint/e/variant/v lowtide-fast-lane is not as the file asks",
                "lowtide-e/v/fast-lane is not as the file asks",
            ],
    ),
    "the file has another range": (
        do(ASKED, replace(ASKED, targets=(NARROWED,)), ranged=()),
        ["endpoint/e/variant/v has another range"],
    ),
    "its target is not restored yet": (
        replace(do(ASKED, ASKED), waiting=("v",)),
        ["v waits for its scalable target, which was saved and is not back yet"],
    ),
    "all is there": (do(ASKED, ASKED), []),
}  # fmt: skip


@pytest.mark.parametrize(("found", "words"), IN_WORDS.values(), ids=IN_WORDS)
def test_what_has_to_change_in_words(found: ScalingDiff, words: list[str]) -> None:
    assert list(found.described()) == words


def test_a_range_is_put_where_the_files_has_changed() -> None:
    live = Scaling((NARROWED,), ASKED.policies, (), ASKED.alarms)
    assert do(ASKED, live, ranged=()).ranges == (TARGET,)
    assert do(ASKED, ASKED, ranged=()).ranges == ()
    assert do(ASKED, Scaling(), ranged=()).ranges == ()  # it is registered with it
    assert do(ASKED, live, ranged=["w"]).ranges == (TARGET,)  # it was not there then


def test_the_variants_with_the_range_are_known_until_it_is_another() -> None:
    applied = AppliedScaling().with_range((1, 4), ["v"]).with_range((1, 4), ["w"])
    assert applied.variants == ("w", "v")
    assert applied.with_range((1, 9), ["w"]).variants == ("w",)
    renamed = applied.with_range((1, 4), [f"v{number}" for number in range(100)])
    assert len(renamed.variants) == 30


def metric_of(policy: Document) -> dict[str, Any]:
    found: dict[str, Any] = policy[SPECIFICATION]["CustomizedMetricSpecification"]
    return found


SAME = {key: metric_of(TRACKING)[key] for key in ("Namespace", "MetricName", "Dimensions")}
OWN_METRIC = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "ConcurrentRequestsPerModel",
    "Dimensions": SAME["Dimensions"],
    "Statistic": "Maximum",
}
PREDEFINED = desired_documents(scaled(), ONE_TYPE).policies[0][SPECIFICATION][
    "PredefinedMetricSpecification"
]  # fmt: skip


RIVALS = {
    "Lowtide's figure by another statistic": (
        ASKED, {"CustomizedMetricSpecification": SAME | {"Statistic": "Maximum"}}, True,
    ),
    "an expression of it": (
        ASKED,
        {
                "CustomizedMetricSpecification": {
                    "Metrics": [
                        {"Id": "m", "MetricStat": {"Metric": SAME, "Stat": "Average"}},
                        {"Id": "e", "Expression": "m * 2"},
                    ]
                }
            },
        True,
    ),
    "SageMaker's own, of a mixed fleet": (
        ASKED, {"PredefinedMetricSpecification": PREDEFINED}, False,
    ),
    "SageMaker's own, of one type": (
        stepped(ONE_TYPE), {"PredefinedMetricSpecification": PREDEFINED}, True,
    ),
    "what the predefined one stands for": (
        stepped(ONE_TYPE), {"CustomizedMetricSpecification": OWN_METRIC}, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "by_hand", "doubled"), RIVALS.values(), ids=RIVALS)
def test_no_metric_is_followed_twice(asked: Scaling, by_hand: Document, doubled: bool) -> None:
    theirs = tracking(by_hand)
    found = do(asked, Scaling((TARGET,), (theirs,)))
    assert ("lowtide-target-tracking" in names(found.put)) is not doubled
    assert "lowtide-fast-lane" in names(found.put)
    assert bool(found.left_out) is doubled
    if doubled:
        (reason,) = found.left_out
        assert reason == (
            "lowtide-target-tracking is not put on endpoint/e/variant/v: "
            "mine, made by hand, follows the same metric"
        )


def test_a_policy_that_is_to_be_restored_takes_the_place_of_lowtides() -> None:
    theirs = tracking({"CustomizedMetricSpecification": SAME})
    live = Scaling((TARGET,))
    found = diff(ASKED, live, [OWN_ALARM], ranged=["v"], unrestored=(theirs,))
    assert names(found.put) == ["lowtide-fast-lane", OWN_ALARM]
    assert "mine, made by hand, follows the same metric" in found.left_out[0]


def test_one_of_another_variant_is_no_twin() -> None:
    elsewhere = {"ResourceId": "endpoint/e/variant/w"}
    theirs = tracking({"CustomizedMetricSpecification": SAME}) | elsewhere
    assert do(ASKED, Scaling((TARGET,), (theirs,))).left_out == ()


def test_a_snapshot_leaves_lowtides_own_out() -> None:
    """An alarm by hand that triggers the lane, too, stays without that action."""
    theirs = ALARM | {"AlarmName": "mine", "AlarmActions": [*ALARM["AlarmActions"], "arn:sns"]}
    live = Scaling((TARGET,), (MINE, *ASKED.policies), (), (ALARM, theirs))
    kept = without_own(live, [OWN_ALARM])
    assert kept.targets == (TARGET,)
    assert kept.policies == (MINE,)
    assert kept.alarms == (theirs | {"AlarmActions": ["arn:sns"]},)


def test_an_alarm_without_another_action_is_kept_as_aws_will_tell_it() -> None:
    """An empty list would count as a change that a person made during the night."""
    theirs = ALARM | {"AlarmName": "mine"}
    (kept,) = without_own(Scaling(alarms=(theirs,)), [OWN_ALARM]).alarms
    assert "AlarmActions" not in kept

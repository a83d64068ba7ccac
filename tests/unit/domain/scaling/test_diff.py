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


@pytest.mark.parametrize(
    ("live", "put"),
    [
        pytest.param(Scaling(), ALL, id="nothing is there: all is put"),
        pytest.param(ASKED, [], id="all is there: nothing is"),
        pytest.param(
            Scaling((TARGET,), (LANE,), (), (ALARM,)), ["lowtide-target-tracking"],
            id="one was deleted: that one",
        ),
        pytest.param(
            Scaling((NARROWED,), ASKED.policies, (), ASKED.alarms), [],
            id="a scheduled action has moved the range: left so",
        ),
        pytest.param(
            Scaling((TARGET,), ASKED.policies, (), (ALARM | {"Threshold": 1.0},)), [OWN_ALARM],
            id="the alarm is of an older file",
        ),
        pytest.param(
            Scaling((TARGET,), ASKED.policies, (), (ALARM | {"AlarmActions": ["arn:old"]},)),
            [OWN_ALARM],
            id="the alarm outlived its policy, which has a new ARN",
        ),
        pytest.param(
            Scaling(
                (TARGET | {"RoleARN": "r", "SuspendedState": {}},),
                (FILLED_IN, LANE),
                (),
                (ALARM | {"ActionsEnabled": True, "Dimensions": ALARM["Dimensions"][::-1]},),
            ),
            [],
            id="what AWS fills in, or orders anew, is no difference",
        ),
    ],
)  # fmt: skip
def test_what_is_put(live: Scaling, put: list[str]) -> None:
    found = do(ASKED, live)
    assert names(found.put) == put
    assert (names(found.remove), found.ranges, found.left_out) == ([], (), ())


@pytest.mark.parametrize(
    ("asked", "live", "removed"),
    [
        pytest.param(
            Scaling(), ASKED, ["lowtide-target-tracking", "lowtide-fast-lane", OWN_ALARM],
            id="the file asks for nothing: Lowtide's own go, the target stays",
        ),
        pytest.param(
            desired_documents(scaled(), MIXED), ASKED, ["lowtide-fast-lane", OWN_ALARM],
            id="no fast lane any more: it goes with its alarm",
        ),
        pytest.param(
            Scaling(), Scaling((TARGET,), (MINE,), (), (ALARM | {"AlarmName": "mine"},)), [],
            id="what was made by hand stays",
        ),
        pytest.param(Scaling(), Scaling((), (), (), (ALARM,)), [OWN_ALARM], id="an alarm alone"),
    ],
)  # fmt: skip
def test_what_is_removed(asked: Scaling, live: Scaling, removed: list[str]) -> None:
    found = do(asked, live)
    assert names(found.remove) == removed
    assert names(found.put) == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        pytest.param(
            do(ASKED, Scaling()),
            [
                "endpoint/e/variant/v is not registered",
                "endpoint/e/variant/v lowtide-target-tracking is not as the file asks",
                "endpoint/e/variant/v lowtide-fast-lane is not as the file asks",
                "lowtide-e/v/fast-lane is not as the file asks",
            ],
            id="nothing is there",
        ),
        pytest.param(
            do(Scaling(), ASKED),
            [
                "endpoint/e/variant/v lowtide-target-tracking is still there",
                "endpoint/e/variant/v lowtide-fast-lane is still there",
                "lowtide-e/v/fast-lane is still there",
            ],
            id="the file asks for nothing any more",
        ),
        pytest.param(
            do(ASKED, replace(ASKED, targets=(NARROWED,)), ranged=()),
            ["endpoint/e/variant/v has another range"],
            id="the file has another range",
        ),
        pytest.param(
            replace(do(ASKED, ASKED), waiting=("v",)),
            ["v waits for its scalable target, which was saved and is not back yet"],
            id="its target is not restored yet",
        ),
        pytest.param(do(ASKED, ASKED), [], id="all is there"),
    ],
)
def test_what_has_to_change_is_said_in_words(found: ScalingDiff, words: list[str]) -> None:
    assert list(found.described()) == words


def test_a_range_is_put_where_the_files_has_changed() -> None:
    live = Scaling((NARROWED,), ASKED.policies, (), ASKED.alarms)
    assert do(ASKED, live, ranged=()).ranges == (TARGET,)
    assert do(ASKED, ASKED, ranged=()).ranges == ()
    assert do(ASKED, Scaling(), ranged=()).ranges == ()  # it is registered with it
    assert do(ASKED, live, ranged=["w"]).ranges == (TARGET,)  # it was not there then


def test_who_was_given_the_range_is_known_until_it_is_another() -> None:
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


@pytest.mark.parametrize(
    ("asked", "by_hand", "doubled"),
    [
        pytest.param(
            ASKED, {"CustomizedMetricSpecification": SAME | {"Statistic": "Maximum"}}, True,
            id="Lowtide's figure by another statistic",
        ),
        pytest.param(
            ASKED,
            {"CustomizedMetricSpecification": SAME | {"Dimensions": SAME["Dimensions"][::-1]}},
            True,
            id="its dimensions in another order",
        ),
        pytest.param(
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
            id="an expression of it",
        ),
        pytest.param(
            ASKED, {"CustomizedMetricSpecification": SAME | {"MetricName": "TotalStreams"}}, False,
            id="another figure",
        ),
        pytest.param(
            ASKED, {"PredefinedMetricSpecification": PREDEFINED}, False,
            id="SageMaker's own, of a mixed fleet",
        ),
        pytest.param(
            stepped(ONE_TYPE), {"PredefinedMetricSpecification": PREDEFINED}, True,
            id="SageMaker's own, of one type",
        ),
        pytest.param(
            stepped(ONE_TYPE), {"CustomizedMetricSpecification": OWN_METRIC}, True,
            id="what the predefined one stands for",
        ),
    ],
)  # fmt: skip
def test_no_metric_is_followed_twice(asked: Scaling, by_hand: Document, doubled: bool) -> None:
    hers = tracking(by_hand)
    found = do(asked, Scaling((TARGET,), (hers,)))
    assert ("lowtide-target-tracking" in names(found.put)) is not doubled
    assert "lowtide-fast-lane" in names(found.put)
    assert bool(found.left_out) is doubled
    if doubled:
        (reason,) = found.left_out
        assert reason == (
            "lowtide-target-tracking is not put on endpoint/e/variant/v: "
            "mine, made by hand, follows the same metric"
        )


def test_a_policy_by_hand_takes_lowtides_place() -> None:
    hers = tracking({"CustomizedMetricSpecification": SAME})
    found = do(ASKED, Scaling((TARGET,), (hers, *ASKED.policies), (), ASKED.alarms))
    assert names(found.remove) == ["lowtide-target-tracking"]


def test_a_policy_that_is_to_be_put_back_yet_keeps_lowtides_away_too() -> None:
    hers = tracking({"CustomizedMetricSpecification": SAME})
    live = Scaling((TARGET,))
    found = diff(ASKED, live, [OWN_ALARM], ranged=["v"], unrestored=(hers,))
    assert names(found.put) == ["lowtide-fast-lane", OWN_ALARM]
    assert "mine, made by hand, follows the same metric" in found.left_out[0]


def test_one_of_another_variant_is_no_twin() -> None:
    elsewhere = {"ResourceId": "endpoint/e/variant/w"}
    hers = tracking({"CustomizedMetricSpecification": SAME}) | elsewhere
    assert do(ASKED, Scaling((TARGET,), (hers,))).left_out == ()


def test_a_snapshot_leaves_lowtides_own_out() -> None:
    """An alarm by hand that triggers the lane, too, stays without that action."""
    hers = ALARM | {"AlarmName": "mine", "AlarmActions": [*ALARM["AlarmActions"], "arn:sns"]}
    live = Scaling((TARGET,), (MINE, *ASKED.policies), (), (ALARM, hers))
    kept = without_own(live, [OWN_ALARM])
    assert kept.targets == (TARGET,)
    assert kept.policies == (MINE,)
    assert kept.alarms == (hers | {"AlarmActions": ["arn:sns"]},)


def test_an_alarm_without_another_action_is_kept_as_aws_will_tell_it() -> None:
    """An empty list would count as a change that a person made during the night."""
    hers = ALARM | {"AlarmName": "mine"}
    (kept,) = without_own(Scaling(alarms=(hers,)), [OWN_ALARM]).alarms
    assert "AlarmActions" not in kept

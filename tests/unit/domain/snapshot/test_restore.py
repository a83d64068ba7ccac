"""What a restore adds to an endpoint that was created again, and what it leaves alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.snapshot.alarm_actions import action_to_save
from lowtide.domain.snapshot.difference import changed, changed_since, missing_from
from lowtide.domain.snapshot.policy_reference import policy_of, policy_reference, referenced_policy
from lowtide.domain.snapshot.restore import changes, completed, merged, to_restore
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
RESOURCE = "endpoint/e/variant/AllTraffic"
OTHERS = "endpoint/other/variant/AllTraffic"
TARGET = {"ResourceId": RESOURCE, "MinCapacity": 1, "MaxCapacity": 4, "Tags": {"team": "voice"}}
POLICY = {"ResourceId": RESOURCE, "PolicyName": "follow", "TargetValue": 7.5}
STEP = {"ResourceId": RESOURCE, "PolicyName": "jump"}
ACTION = {
    "ResourceId": RESOURCE,
    "ScheduledActionName": "morning",
    "Schedule": "cron(0 22 * * ? *)",
    "ScalableTargetAction": {"MinCapacity": 3},
}
OWN = policy_reference(RESOURCE, "jump")
FOREIGN = policy_reference(OTHERS, "jump")
ALARM = {"AlarmName": "full", "Threshold": 1.0, "AlarmActions": [OWN]}
SAVED = Scaling((TARGET,), (POLICY, STEP), (ACTION,), (ALARM,))
CHANGED = {**POLICY, "TargetValue": 5.0}


def arn(resource: str = RESOURCE, policy: str = "jump", id_: str = "1-2") -> str:
    where = f"arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:{id_}"
    return f"{where}:resource/sagemaker/{resource}:policyName/{policy}"


def snapshot(scaling: Scaling, **fields: Any) -> Snapshot:
    return replace(Snapshot(NOW, "config", {"team": "voice"}, scaling), **fields)


ABSENT = {
    "nothing is there": (Scaling(), SAVED),
    "everything is there": (SAVED, Scaling()),
    "a policy that a person changed since is left alone": (
        replace(SAVED, policies=(CHANGED, STEP)), Scaling(),
    ),
    "so are tags that it has": (
        replace(SAVED, targets=({**TARGET, "Tags": {"team": "mine", "x": "y"}},)), Scaling(),
    ),
    "a target registered by hand gets the tags that it lacks": (
        replace(SAVED, targets=({"ResourceId": RESOURCE, "MinCapacity": 2},)),
        Scaling(targets=({"ResourceId": RESOURCE, "MinCapacity": 2, "Tags": TARGET["Tags"]},)),
    ),
    "what a person added is no matter": (
        replace(SAVED, policies=(*SAVED.policies, {**POLICY, "PolicyName": "new"})), Scaling(),
    ),
    "a scheduled action is missing": (
        replace(SAVED, scheduled_actions=()), Scaling(scheduled_actions=(ACTION,)),
    ),
    "an alarm keeps what was changed overnight and gets its action back": (
        replace(SAVED, alarms=({**ALARM, "Threshold": 0.9, "AlarmActions": []},)),
        Scaling(alarms=({**ALARM, "Threshold": 0.9},)),
    ),
    "a dead ARN of this endpoint's gives way": (
        replace(SAVED, alarms=({**ALARM, "AlarmActions": [arn(id_="old")]},)),
        Scaling(alarms=(ALARM,)),
    ),
    "another endpoint's action stays": (
        replace(SAVED, alarms=({**ALARM, "AlarmActions": [FOREIGN]},)),
        Scaling(alarms=({**ALARM, "AlarmActions": [OWN, FOREIGN]},)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("live", "todo"), ABSENT.values(), ids=ABSENT)
def test_only_what_is_absent_is_put_back(live: Scaling, todo: Scaling) -> None:
    assert changes(live, completed(live, SAVED)) == todo


@pytest.mark.parametrize("list_", ["AlarmActions", "OKActions", "InsufficientDataActions"])
def test_each_list_of_an_alarm_gets_back_what_it_triggered(list_: str) -> None:
    saved = {"AlarmName": "full", list_: [OWN]}
    live = replace(
        SAVED, alarms=({"AlarmName": "full", list_: ["arn:aws:sns:us-east-1:1:on-call"]},)
    )
    (alarm,) = completed(live, replace(SAVED, alarms=(saved,))).alarms
    assert alarm == {"AlarmName": "full", list_: ["arn:aws:sns:us-east-1:1:on-call", OWN]}


def test_an_action_that_is_not_a_policy_may_be_removed_by_a_person() -> None:
    saved = {**ALARM, "AlarmActions": ["arn:aws:sns:us-east-1:1:on-call", OWN]}
    live = replace(SAVED, alarms=({**ALARM, "AlarmActions": []},))
    (alarm,) = completed(live, replace(SAVED, alarms=(saved,))).alarms
    assert alarm["AlarmActions"] == [OWN]


def test_another_endpoints_policy_is_not_restored_by_this_one() -> None:
    """It may be absent: what cannot be restored would stay missing for ever."""
    both = {**ALARM, "AlarmActions": [OWN, FOREIGN]}
    live = replace(SAVED, alarms=({**ALARM, "AlarmActions": []},))
    todo = changes(live, completed(live, replace(SAVED, alarms=(both,))))
    assert todo.alarms == (ALARM,)


def test_a_time_read_from_the_table_and_one_read_from_aws_are_the_same() -> None:
    begun = {**ACTION, "StartTime": NOW.astimezone()}
    saved = replace(SAVED, scheduled_actions=({**ACTION, "StartTime": NOW.isoformat()},))
    live = replace(SAVED, scheduled_actions=(begun,))
    assert changes(live, saved) == Scaling()


ACTIONS = {
    "its own policy": (arn(), OWN),
    "a dead ARN of its own": (arn(id_="old"), arn(id_="old")),
    "one of a variant that is absent now is dead, too": (
        arn("endpoint/e/variant/Gone"), arn("endpoint/e/variant/Gone"),
    ),
    "another endpoint's": (arn(OTHERS, id_="old"), FOREIGN),
    "no policy at all": ("arn:aws:sns:us-east-1:1:on-call", "arn:aws:sns:us-east-1:1:on-call"),
}  # fmt: skip


@pytest.mark.parametrize(("found", "name"), ACTIONS.values(), ids=ACTIONS)
def test_how_an_action_is_saved(found: str, name: str) -> None:
    assert action_to_save(found, {arn()}, "e") == name


@pytest.mark.parametrize("partition", ["aws-cn", "aws-us-gov"])
def test_policies_are_known_in_every_partition(partition: str) -> None:
    elsewhere = arn().replace("arn:aws:", f"arn:{partition}:")
    assert policy_of(elsewhere) == (RESOURCE, "jump")


def test_a_policys_name_may_have_colons_and_slashes() -> None:
    assert policy_of(arn(policy="a/b:c d")) == (RESOURCE, "a/b:c d")
    assert referenced_policy(policy_reference(RESOURCE, "a:b/c")) == (RESOURCE, "a:b/c")


def test_an_endpoint_that_lost_its_scaling_keeps_what_was_saved() -> None:
    saved = snapshot(SAVED, deployment={"AutoRollbackConfiguration": {}})
    live = snapshot(Scaling())
    assert merged(live, saved).scaling == SAVED
    assert merged(live, saved).deployment == saved.deployment
    assert merged(snapshot(Scaling(policies=(CHANGED,))), saved).scaling == Scaling(
        (TARGET,), (CHANGED, STEP), (ACTION,), (ALARM,)
    )


def test_ranges_of_targets_that_were_lost_are_as_old_as_when_they_were_saved() -> None:
    """A creation that fails in the night is saved too, and must not forget what fired before."""
    evening = NOW - timedelta(hours=3)
    saved = snapshot(SAVED, taken_at=evening)
    assert merged(snapshot(Scaling()), saved).ranges_as_of == evening
    assert merged(snapshot(SAVED), saved).ranges_as_of == NOW


def test_what_is_restored_is_what_is_needed_now() -> None:
    once = {**ACTION, "ScheduledActionName": "once", "Schedule": "at(2026-11-24T03:00:00)"}
    saved = snapshot(replace(SAVED, scheduled_actions=(ACTION, once)))
    wanted = to_restore(saved, NOW + timedelta(hours=10))
    assert [target["MinCapacity"] for target in wanted.scaling.targets] == [3]
    assert wanted.scaling.scheduled_actions == (ACTION,)


def test_an_action_from_before_a_range_was_set_by_hand_does_not_move_it() -> None:
    at = {RESOURCE: NOW + timedelta(hours=10)}
    wanted = to_restore(replace(snapshot(SAVED), newer_ranges=at), NOW + timedelta(hours=10))
    assert wanted.scaling.targets == SAVED.targets


def test_of_a_half_restored_endpoint_what_was_set_by_hand_before_is_still_to_be_restored() -> None:
    set_ = {"VariantName": "AllTraffic", "DesiredWeight": 0.2, "InitialVariantWeight": 1.0}
    saved = snapshot(SAVED, variants=(set_,), deployment={"of": "before"})
    live = snapshot(SAVED, variants=({**set_, "DesiredWeight": 1.0},), deployment={"of": "now"})
    assert merged(live, saved).variants == (set_,)
    assert merged(live, saved).deployment == {"of": "now"}


def test_of_a_half_restored_endpoint_tags_are_what_it_has_and_those_that_it_lost() -> None:
    saved = snapshot(SAVED, tags={"team": "voice", "cost": "42"})
    live = snapshot(SAVED, tags={"team": "mine", "new": "yes"})
    assert merged(live, saved).tags == {"team": "mine", "cost": "42", "new": "yes"}


def test_what_is_missing_is_a_line_and_what_differs_a_line_a_field() -> None:
    saved = replace(SAVED, policies=(*SAVED.policies, {**STEP, "PolicyName": "leap"}))
    live = Scaling((TARGET,), (CHANGED,), (ACTION,), (ALARM,))
    assert missing_from(snapshot(live), saved) == (
        f"scaling.policies[{RESOURCE} jump] is not there yet",
        f"scaling.policies[{RESOURCE} leap] is not there yet",
        f"scaling.policies[{RESOURCE} follow].TargetValue: was 7.5, is 5.0",
    )


def test_of_a_kind_of_which_nothing_is_there_only_the_things_are_reported() -> None:
    live = replace(SAVED, policies=())
    assert missing_from(snapshot(live), SAVED) == (
        f"scaling.policies[{RESOURCE} follow] is not there yet",
        f"scaling.policies[{RESOURCE} jump] is not there yet",
    )


ONCE = {**ACTION, "ScheduledActionName": "once", "Schedule": "at(2026-11-23T20:30:00)"}
LATER = {**ONCE, "Schedule": "at(2026-11-23T22:30:00)"}


CHANGES = {
    "nothing changed": (SAVED, ()),
    "a policy was deleted, another changed": (
        replace(SAVED, policies=(CHANGED,)),
        (f"scaling.policies[{RESOURCE} jump] is not there",
         f"scaling.policies[{RESOURCE} follow].TargetValue: was 7.5, is 5.0"),
    ),
    "an action was added": (
        replace(SAVED, scheduled_actions=(ACTION, LATER)),
        (f"scaling.scheduled_actions[{RESOURCE} once] is new",),
    ),
    "a one-time action came back and ran before the rest was back": (
        replace(SAVED, scheduled_actions=(ACTION, ONCE)), (),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("live", "expected"), CHANGES.values(), ids=CHANGES)
def test_what_changed_since_it_was_saved(live: Scaling, expected: tuple[str, ...]) -> None:
    assert changed_since(snapshot(SAVED), snapshot(live), NOW) == expected


SHARED = {
    "the other one sleeps now": ([], False),
    "another one woke": (["lowtide:policy:endpoint/e-2/variant/AllTraffic:jump"], False),
    "a person is notified": (["arn:aws:sns:us-east-1:123456789012:on-call"], True),
    "a policy of its own": ([policy_reference(RESOURCE, "follow")], True),
}


@pytest.mark.parametrize(("actions", "is_changed"), SHARED.values(), ids=SHARED)
def test_what_other_endpoints_have_on_an_alarm_is_no_change_of_this_one(
    actions: list[str], *, is_changed: bool
) -> None:
    def snapshot(*more: str) -> Snapshot:
        alarm = {**ALARM, "AlarmActions": [OWN, *more]}
        return Snapshot(NOW, "c", {}, Scaling(alarms=(alarm,)))

    assert changed(snapshot(FOREIGN), snapshot(*actions), "e") == is_changed

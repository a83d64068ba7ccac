"""What is saved of variants that the endpoint in service does not have: left out, and kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.snapshot.absent_variants import (
    MOST_KEPT,
    dropped,
    for_current_config,
    keep_absent,
    left_out,
)
from lowtide.domain.snapshot.difference import differences
from lowtide.domain.snapshot.policy_reference import policy_reference
from lowtide.domain.snapshot.snapshot import Document, Documents, Scaling, Snapshot

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
SNS = "arn:aws:sns:us-east-1:1:on-call"
FOREIGN = policy_reference("endpoint/other/variant/B", "jump")


def of(variant: str, **fields: Any) -> dict[str, Any]:
    return {"ResourceId": f"endpoint/e/variant/{variant}", **fields}


def jump(variant: str) -> str:
    return policy_reference(f"endpoint/e/variant/{variant}", "jump")


def alarm(name: str, *actions: str) -> dict[str, Any]:
    return {"AlarmName": name, "AlarmActions": sorted(actions)}


def scaling(*variants: str, alarms: Documents = ()) -> Scaling:
    return Scaling(
        targets=tuple(of(v, MinCapacity=1, MaxCapacity=4) for v in variants),
        policies=tuple(of(v, PolicyName="jump") for v in variants),
        scheduled_actions=tuple(
            of(
                v,
                ScheduledActionName="late",
                Schedule="cron(0 22 * * ? *)",
                ScalableTargetAction={"MinCapacity": 3},
            )
            for v in variants
        ),
        alarms=alarms,
    )


def snapshot(*variants: str, alarms: Documents = ()) -> Snapshot:
    weights = tuple({"VariantName": v, "DesiredWeight": 0.5} for v in variants)
    return Snapshot(NOW, "c", {}, scaling(*variants, alarms=alarms), variants=weights)


BOTH = snapshot("A", "B")


def names(snapshot: Snapshot) -> list[str]:
    return [variant["VariantName"] for variant in snapshot.variants]


def test_only_what_belongs_to_a_variant_that_is_there_is_put_back() -> None:
    assert for_current_config(BOTH, "e", ["A"]) == snapshot("A")
    assert for_current_config(BOTH, "e", ["A", "B", "C"]) == BOTH


PUT_BACK = {
    "of one that is there": (alarm("a", jump("A")), [alarm("a", jump("A"))]),
    "of one that is not there: left out": (alarm("a", jump("B")), []),
    "of both: without the one that is not there": (
        alarm("a", jump("A"), jump("B"), SNS), [alarm("a", jump("A"), SNS)],
    ),
    "another endpoint's variant of that name is another one": (
        alarm("a", jump("A"), FOREIGN), [alarm("a", jump("A"), FOREIGN)],
    ),
    "of none": (alarm("a", SNS), []),
}  # fmt: skip


@pytest.mark.parametrize(("saved", "restored"), PUT_BACK.values(), ids=PUT_BACK)
def test_which_alarms_are_put_back(saved: Document, restored: list[Document]) -> None:
    found = for_current_config(snapshot("A", "B", alarms=(saved,)), "e", ["A"])
    assert list(found.scaling.alarms) == restored


KEPT = {
    "one of the absent variant alone is kept as it was": (
        [], alarm("a", jump("B"), SNS), [alarm("a", jump("B"), SNS)],
    ),
    "one of both is as it is now, and keeps the action that it lost": (
        [alarm("a", jump("A"), "new")], alarm("a", jump("A"), jump("B"), SNS),
        [alarm("a", jump("A"), jump("B"), "new")],
    ),
    "one of both that a person took from the variant that is there": (
        [], alarm("a", jump("A"), jump("B")), [alarm("a", jump("B"))],
    ),
    "one of none": ([], alarm("a", SNS), []),
}  # fmt: skip


@pytest.mark.parametrize(("live", "saved", "kept"), KEPT.values(), ids=KEPT)
def test_which_alarms_are_kept(live: list[Document], saved: Document, kept: list[Document]) -> None:
    found = keep_absent(
        snapshot("A", alarms=tuple(live)), snapshot("A", "B", alarms=(saved,)), "e", ["A"]
    )
    assert list(found.scaling.alarms) == kept


def test_what_is_kept_is_as_it_was_saved_and_kept_again() -> None:
    once = keep_absent(snapshot("A"), BOTH, "e", ["A"])
    assert differences(BOTH, once) == ()
    assert keep_absent(snapshot("A"), once, "e", ["A"]) == once


def test_what_a_person_deleted_of_a_variant_that_is_there_is_not_kept() -> None:
    live = replace(snapshot("A"), scaling=Scaling())
    assert keep_absent(live, BOTH, "e", ["A"]).scaling == scaling("B")


def test_scheduled_actions_go_on_for_what_is_kept() -> None:
    """Made up for once: what fired until the new snapshot, and later what fires after it."""
    later = replace(snapshot("A"), taken_at=NOW + timedelta(hours=2))
    targets = keep_absent(later, BOTH, "e", ["A"]).scaling.targets
    assert [target["MinCapacity"] for target in targets] == [1, 3]
    suspended = replace(later, scheduled_until=NOW)
    assert keep_absent(suspended, BOTH, "e", ["A"]).scaling.targets == BOTH.scaling.targets


def test_a_range_set_by_hand_outlasts_only_the_actions_before_it() -> None:
    """Until a snapshot whose ranges are as new."""
    at = {"endpoint/e/variant/B": NOW + timedelta(hours=1)}
    suspended = replace(snapshot("A"), taken_at=NOW + timedelta(hours=2), scheduled_until=NOW)
    kept = keep_absent(suspended, replace(BOTH, newer_ranges=at), "e", ["A"])
    assert kept.newer_ranges == at
    later = replace(suspended, scheduled_until=None)
    targets = keep_absent(later, kept, "e", ["A"])
    assert [target["MinCapacity"] for target in targets.scaling.targets] == [1, 1]
    assert targets.newer_ranges == {}


def test_a_variant_that_no_one_changed_leaves_nothing_to_keep() -> None:
    bare = {"VariantName": "C", "DesiredWeight": 1.0, "InitialVariantWeight": 1.0}
    saved = replace(BOTH, variants=(*BOTH.variants, bare))
    assert names(keep_absent(snapshot("A"), saved, "e", ["A"])) == ["A", "B"]


def test_the_last_in_use_are_kept_and_the_oldest_reported_to_be_dropped() -> None:
    kept, result = snapshot("v0"), []
    for number in range(1, MOST_KEPT + 3):
        name = f"v{number}"
        result += [dropped(kept, [name])]
        kept = keep_absent(snapshot(name), kept, "e", [name])
    assert names(kept) == [f"v{number}" for number in range(MOST_KEPT + 2, 1, -1)]
    assert len(kept.scaling.targets) == MOST_KEPT + 1
    assert [line for line in result if line] == [
        f"the variant {name}, long not in use, was dropped from the snapshot"
        for name in ("v0", "v1")
    ]


def test_it_is_reported_in_plain_words() -> None:
    assert left_out(BOTH, "small", ["A", "B"]) == ""
    assert left_out(BOTH, "small", ["A"]) == (
        "what was saved of the variant B stays in the snapshot, not restored: "
        "small does not have it"
    )
    assert "of the variants A, B stays" in left_out(BOTH, "small", ["C"])

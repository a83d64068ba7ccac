"""Ranges that scheduled actions would have moved while a restore was tried again and again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.snapshot.replayed_ranges import missed_range_changes
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot

SAVED_AT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
BEGUN = datetime(2026, 11, 23, 7, 29, 40, tzinfo=UTC)  # the first try of the restore
MINUTE = timedelta(minutes=1)
RESOURCE = "endpoint/e/variant/v"
KEY = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": RESOURCE,
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


def action(name: str, schedule: str, **range_: int) -> dict[str, Any]:
    about = {"ResourceId": RESOURCE, "ScheduledActionName": name, "Schedule": schedule}
    return about | {"ScalableTargetAction": range_}


NIGHT = action("night", "cron(0 22 * * ? *)", MinCapacity=1)
FLOOR = action("floor", "cron(30 7 * * ? *)", MinCapacity=3)
MORE = action("more", "cron(40 7 * * ? *)", MinCapacity=4, MaxCapacity=8)
ONCE = action("once", "at(2026-11-23T07:31:00)", MaxCapacity=9)


def target(smallest: int, largest: int = 6, **more: Any) -> dict[str, Any]:
    return {**KEY, "MinCapacity": smallest, "MaxCapacity": largest, **more}


def saved(*actions: dict[str, Any]) -> Snapshot:
    return Snapshot(SAVED_AT, "c", {}, Scaling(targets=(target(2),), scheduled_actions=actions))


@pytest.mark.parametrize(
    ("actions", "live", "minutes", "range_"),
    [
        pytest.param((NIGHT, FLOOR), target(1), 0, None, id="nothing has fired since"),
        pytest.param((NIGHT, FLOOR), target(1), 6, (3, 6), id="one fired that was not back yet"),
        pytest.param((NIGHT, FLOOR), target(3), 6, None, id="it was back, and did the same"),
        pytest.param((NIGHT, FLOOR), target(2), 6, None, id="a range of a person's is hers"),
        pytest.param((NIGHT, FLOOR), target(1, 5), 6, None, id="so is one with half of ours"),
        pytest.param(
            (NIGHT, FLOOR, MORE), target(3), 20, (4, 8),
            id="another fires after a later try gave it its range",
        ),
        pytest.param((NIGHT, FLOOR, MORE), target(1), 20, (4, 8), id="two fired"),
        pytest.param((NIGHT, ONCE), target(1), 6, (1, 9), id="one that fires once"),
        pytest.param(
            (NIGHT, FLOOR), target(1, SuspendedState={"ScheduledScalingSuspended": True}), 6,
            None, id="a person suspended what is scheduled",
        ),
    ],
)  # fmt: skip
def test_a_range_that_an_earlier_try_gave_is_moved_as_actions_would_have(
    actions: tuple[dict[str, Any], ...],
    live: dict[str, Any],
    minutes: int,
    range_: tuple[int, int] | None,
) -> None:
    changes = missed_range_changes((live,), saved(*actions), BEGUN, BEGUN + minutes * MINUTE)
    expected = (
        () if range_ is None else ({**KEY, "MinCapacity": range_[0], "MaxCapacity": range_[1]},)
    )
    assert changes == expected


def test_what_fired_before_it_was_saved_is_in_what_was_saved() -> None:
    """A restore that was begun in the morning and is not verified in the evening, when it is saved
    with the range that a person had set at noon."""
    evening = BEGUN + timedelta(hours=13)
    kept = replace(saved(NIGHT, FLOOR), taken_at=evening)
    assert missed_range_changes((target(2),), kept, BEGUN, evening + 5 * MINUTE) == ()

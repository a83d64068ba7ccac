"""Floors as scheduled actions, and the minimum that people and floors both set."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.curve.applied import AppliedFloors
from lowtide.domain.curve.plan import Change
from lowtide.domain.scaling.floor_actions import (
    floor_actions,
    floor_changes,
    room_for_floors,
    without_floors,
)
from lowtide.domain.scaling.minimum import floor_to_register, least_of_people
from lowtide.domain.snapshot.snapshot import Scaling

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 19, 10, 2, tzinfo=UTC)
SINCE = NOW - timedelta(hours=1)
BEFORE = AppliedFloors(NOW, 1.0, 4, least=2, least_since=SINCE, registered=4, file_minimum=1)
MORNING, NIGHT = floor_actions("e", "v", (Change(8 * 12, 4), Change(6 * 288 + 282, 1)), BERLIN)


def target(minimum: int, maximum: int = 6) -> Mapping[str, Any]:
    return {"ResourceId": "endpoint/e/variant/v", "MinCapacity": minimum, "MaxCapacity": maximum}


def of_people(schedule: str, minimum: int) -> Mapping[str, Any]:
    return {
        "ResourceId": "endpoint/e/variant/v",
        "ScheduledActionName": "morning",
        "Schedule": schedule,
        "ScalableTargetAction": {"MinCapacity": minimum},
    }


def test_a_change_is_a_weekly_action_on_the_clock_of_the_schedule() -> None:
    assert MORNING == {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/e/variant/v",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "ScheduledActionName": "lowtide-floor-mon-0800",
        "Schedule": "cron(0 8 ? * MON *)",
        "Timezone": "Europe/Berlin",
        "ScalableTargetAction": {"MinCapacity": 4},
    }
    assert NIGHT["Schedule"] == "cron(30 23 ? * SUN *)"


def test_only_what_changed_is_put_and_no_action_of_people_is_deleted() -> None:
    (higher,) = floor_actions("e", "v", (Change(8 * 12, 5),), BERLIN)
    live = ({**MORNING, "StartTime": NOW}, NIGHT, of_people("cron(0 7 * * ? *)", 3))
    assert floor_changes((MORNING, NIGHT), live) == ((), ())
    assert floor_changes((higher,), live) == ((higher,), (NIGHT,))


@pytest.mark.parametrize(("others", "room"), [(0, 150), (50, 150), (60, 140), (200, 0), (201, -1)])
def test_people_keep_their_room_of_the_200_actions_of_a_target(others: int, room: int) -> None:
    assert room_for_floors((MORNING, *[of_people("rate(1 day)", 1)] * others)) == room


@pytest.mark.parametrize(
    ("live", "actions", "least"),
    [
        pytest.param(4, (), (2, SINCE), id="the minimum is the one that Lowtide registered"),
        pytest.param(3, (), (2, SINCE), id="or that of a scheduled action of Lowtide's"),
        pytest.param(2, (), (2, SINCE), id="or what people asked for before"),
        pytest.param(5, (), (5, NOW), id="a person sets another by hand"),
        pytest.param(1, (), (1, NOW), id="a person lowers it"),
        pytest.param(
            4, (of_people("cron(0 10 * * ? *)", 4),), (4, NOW),
            id="a person's action set the very count of the floor",
        ),
        pytest.param(
            4, (of_people("cron(0 8 * * ? *)", 3),), (2, SINCE), id="a person's action fired before"
        ),
        pytest.param(4, (MORNING,), (2, SINCE), id="Lowtide's own actions are not of people"),
    ],
)  # fmt: skip
def test_two_writers_of_the_minimum(
    live: int, actions: tuple[Mapping[str, Any], ...], least: tuple[int, datetime]
) -> None:
    assert least_of_people(target(live), actions, BEFORE, {3}, NOW) == least


@pytest.mark.parametrize(
    ("floor", "least", "minimum", "why"),
    [
        pytest.param(4, 2, 4, "", id="the floor is larger"),
        pytest.param(2, 4, 4, "", id="what people ask for is larger"),
        pytest.param(8, 2, 6, "the floor is 8, and max is 6", id="max is below the floor"),
    ],
)
def test_the_larger_minimum_wins_and_max_is_never_exceeded(
    floor: int, least: int, minimum: int, why: str
) -> None:
    assert floor_to_register(floor, least, target(1)) == (minimum, why)


@pytest.mark.parametrize(
    ("minimum", "saved"),
    [
        pytest.param(4, 2, id="a floor of Lowtide's gives way to what people ask for"),
        pytest.param(5, 5, id="a minimum that a person has set since stays"),
    ],
)
def test_a_snapshot_has_what_people_asked_for(minimum: int, saved: int) -> None:
    people = of_people("cron(0 7 * * ? *)", 3)
    live = Scaling(targets=(target(minimum),), scheduled_actions=(MORNING, people))
    without = without_floors(live, BEFORE, "v")
    assert without == Scaling(targets=(target(saved),), scheduled_actions=(people,))

"""The minimum of a scalable target, which people and Lowtide's floors both set: the larger wins."""

from collections.abc import Collection
from datetime import datetime

from lowtide.domain.curve import AppliedFloors
from lowtide.domain.scaling.floor_actions import is_floor
from lowtide.domain.snapshot import Document, Documents, Scaling, replayed


def least_of_people(
    target: Document,
    actions: Documents,
    before: AppliedFloors | None,
    planned: Collection[int],
    now: datetime,
) -> tuple[int, datetime]:
    """Returns the minimum that people ask for, and since when.

    A minimum that neither Lowtide registered nor one of its actions `planned` was set by a person
    or a person's action. An action of people that set the very count of a floor is found by its
    schedule.
    """
    minimum = int(target["MinCapacity"])
    if before is None:
        return minimum, now
    least, since = before.least, before.least_since
    if minimum != least and not before.is_own(minimum, planned):
        return minimum, now
    others = tuple(action for action in actions if not is_floor(action))
    with_least = Scaling(({**target, "MinCapacity": least},), scheduled_actions=others)
    fired = int(replayed(with_least, since, now).targets[0]["MinCapacity"])
    return (least, since) if fired == least else (fired, now)


def floor_to_register(floor: int, least: int, target: Document) -> tuple[int, str]:
    """Returns the minimum to register, and why the floor is not reached, or ""."""
    most = int(target["MaxCapacity"])
    wanted = max(floor, least)
    if wanted <= most:
        return wanted, ""
    return most, f"the floor is {wanted}, and max is {most}"

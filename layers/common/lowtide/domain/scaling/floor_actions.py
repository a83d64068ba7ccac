"""Floors as scheduled actions under Lowtide's own names.

They are alive without Lowtide. Each sets MinCapacity alone, by the clock of the schedule.
"""

from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from lowtide.domain.curve import AppliedFloors, Change
from lowtide.domain.scaling.desired import target_key
from lowtide.domain.scaling.diff import different
from lowtide.domain.snapshot import Document, Documents, Scaling, variant_of

_PREFIX = "lowtide-floor-"
_MOST = 150  # of the 200 that AWS allows for a target, so that people have room for theirs
_ALLOWED = 200
_WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def is_floor(action: Document) -> bool:
    return str(action["ScheduledActionName"]).startswith(_PREFIX)


def room_for_floors(live: Documents) -> int:
    """Returns how many scheduled actions Lowtide may put beside those of people."""
    others = sum(not is_floor(action) for action in live)
    return min(_MOST, _ALLOWED - others)


def floor_actions(
    endpoint: str, variant: str, changes: Iterable[Change], timezone: ZoneInfo
) -> Documents:
    """Returns a scheduled action for each change, every week."""
    return tuple(_action(endpoint, variant, change, timezone) for change in changes)


def _action(endpoint: str, variant: str, change: Change, timezone: ZoneInfo) -> Document:
    day, minutes = divmod(change.bin * 5, 24 * 60)
    weekday, (hour, minute) = _WEEKDAYS[day], divmod(minutes, 60)
    return target_key(endpoint, variant) | {
        "ScheduledActionName": f"{_PREFIX}{weekday.lower()}-{hour:02}{minute:02}",
        "Schedule": f"cron({minute} {hour} ? * {weekday} *)",
        "Timezone": str(timezone),
        "ScalableTargetAction": {"MinCapacity": change.count},
    }


def floor_changes(wanted: Documents, live: Documents) -> tuple[Documents, Documents]:
    """Returns which scheduled actions to put and which of Lowtide's to delete."""
    names = {action["ScheduledActionName"] for action in wanted}
    own = (action for action in live if is_floor(action))
    unwanted = tuple(action for action in own if action["ScheduledActionName"] not in names)
    return different(wanted, live), unwanted


def without_floors(scaling: Scaling, applied: AppliedFloors | None, variant: str) -> Scaling:
    """Returns `scaling` as people have it: without Lowtide's scheduled actions, and with the
    minimum that people ask for where the target has one of Lowtide's."""
    planned = {
        action.get("ScalableTargetAction", {}).get("MinCapacity")
        for action in scaling.scheduled_actions
        if is_floor(action)
    }

    def of_people(target: Document) -> Document:
        is_variants = variant_of(target["ResourceId"]) == variant
        if applied is None or not is_variants:
            return target
        is_own = applied.is_own(target.get("MinCapacity"), planned)
        return {**target, "MinCapacity": applied.least} if is_own else target

    return replace(
        scaling,
        targets=tuple(map(of_people, scaling.targets)),
        scheduled_actions=tuple(a for a in scaling.scheduled_actions if not is_floor(a)),
    )

"""What happened, when and why, from every party's own records."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from lowtide.domain.history.entry import Entry
from lowtide_workbench.demo.play import Played
from lowtide_workbench.demo.scenario import FALLBACK, PREFERRED
from lowtide_workbench.report.model import Happening

_IN_WORDS = {  # in the order of a life
    "Absent": "finds the endpoint gone",
    "Blocked": "refuses",
    "Create": "creates the endpoint",
    "Restore": "restores what was saved",
    "ApplyScaling": "puts the scaling of the file",
    "TakeSnapshot": "saves everything",
    "BeginDrain": "begins to drain",
    "EndDrain": "stops draining",
    "Delete": "deletes the endpoint",
    "ResetRetries": "forgets a creation that is not wanted any more",
}
_ONE_MOVE = timedelta(minutes=45)


def happenings(played: Played) -> tuple[Happening, ...]:
    parties = (
        _of_people(played),
        _of_sagemaker(played.statuses),
        _of_lowtide(played.ledger),
        _of_autoscaling(played.activities),
        _of_capacity(played),
    )
    return tuple(sorted((h for party in parties for h in party), key=lambda h: h.at))


def _of_lowtide(ledger: Sequence[Entry]) -> Iterator[Happening]:
    """On a virtual clock two steps can have one instant, within which the ledger has no order."""
    order = list(_IN_WORDS)
    for entry in sorted(ledger, key=lambda entry: (entry.at, order.index(entry.step))):
        yield Happening(
            entry.at, "Lowtide", f"{_IN_WORDS[entry.step]}: {entry.outcome}", entry.reason
        )


def _of_people(played: Played) -> Iterator[Happening]:
    for at, wish in played.wishes:
        yield Happening(at, wish["by"], f"asks for the endpoint for {wish['for']}", wish["reason"])


def _of_sagemaker(statuses: Sequence[tuple[datetime, str]]) -> Iterator[Happening]:
    for (since, before), (at, after) in pairwise(statuses):
        took = (at - since) // timedelta(minutes=1)
        if (before, after) == ("Creating", "InService"):
            yield Happening(at, "SageMaker", "in service", f"created in {took} min")
        elif after == "Absent":
            yield Happening(at, "SageMaker", "gone", "deleted; billing has stopped")
        elif after in ("Failed", "RollingBack"):
            yield Happening(at, "SageMaker", after, f"after {took} min of {before}")


def _of_autoscaling(activities: Sequence[dict[str, Any]]) -> Iterator[Happening]:
    """Moves in one direction within the same three quarters of an hour are told as one."""
    moves = [(a["StartTime"], _desired(a), _why(a)) for a in activities if _changed(a)]
    start = 0
    for index in range(1, len(moves) + 1):
        if index == len(moves) or _turns(moves, start, index):
            yield _move(moves, start, index)
            start = index


def _move(moves: Sequence[tuple[datetime, int, str]], start: int, stop: int) -> Happening:
    at, first, why = moves[start]
    last, steps = moves[stop - 1][1], stop - start
    what = f"asks for {first} instance{'s' * (first != 1)}"
    if steps > 1:
        what += f", {last} in the end ({steps} moves)"
    return Happening(at, "Application Auto Scaling", what, why)


def _turns(moves: Sequence[tuple[datetime, int, str]], start: int, index: int) -> bool:
    (at, desired, _), (_, before, _) = moves[index], moves[index - 1]
    if at - moves[start][0] > _ONE_MOVE:
        return True
    if index - start == 1:
        return start > 0 and (desired > before) != (before > moves[start - 1][1])
    return (desired > before) != (before > moves[index - 2][1])


def _desired(activity: dict[str, Any]) -> int:
    return int(activity["Description"].rstrip(".").rsplit(" ", 1)[1])


def _changed(activity: dict[str, Any]) -> bool:
    return bool(activity["StatusCode"] == "Successful")


def _why(activity: dict[str, Any]) -> str:
    """AWS's cause names the policy, the alarm and both; the policy tells a person enough."""
    cause = str(activity["Cause"])
    if "scheduled action" in cause:
        return cause
    high = "AlarmHigh" in cause
    low = "AlarmLow" in cause
    policy = cause.split("policy ")[-1].split()[0].strip(".,")
    if not (high or low):
        return cause
    return f"{policy}: the load is {'above' if high else 'below'} its target"


def _of_capacity(played: Played) -> Iterator[Happening]:
    drought = played.scenario.drought
    yield Happening(drought.start, "EC2 capacity", f"no {PREFERRED} to be had", "as scripted")
    yield Happening(drought.end, "EC2 capacity", f"{PREFERRED} to be had again", "as scripted")
    for before, after in pairwise(played.minutes):
        if after.instances.get(FALLBACK) and not before.instances.get(FALLBACK):
            dry = drought.start <= after.at <= drought.end + _ONE_MOVE  # it was asked for before
            why = f"{PREFERRED} has no capacity" if dry else "fallback"
            yield Happening(after.at, "SageMaker", f"{FALLBACK} joins", why)

"""The events of a run: when what happened and why, from the records of all that took part."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from lowtide.domain.history import Entry
from lowtide.domain.lifecycle import Blocked
from lowtide_workbench.demo.play import Run
from lowtide_workbench.demo.scenario import FALLBACK, PREFERRED
from lowtide_workbench.report.model import Event

_STEPS = {  # by stored name, in the order in which one instant has them
    "Absent": "found the endpoint deleted",
    "Refuse": "was blocked",
    "Create": "created the endpoint",
    "Restore": "restored the snapshot",
    "ApplyScaling": "applied the file's scaling",
    "TakeSnapshot": "took a snapshot",
    "BeginDrain": "began to drain",
    "EndDrain": "stopped draining",
    "Delete": "deleted the endpoint",
    "Forget": "reset the retries",
}
_GIVEN_UP_WITHIN = timedelta(minutes=45)
_VARIANT = re.compile(r"endpoint/[^/\s]+/variant/")  # of a resource ID, before the variant's name


def events(run: Run) -> tuple[Event, ...]:
    sources = (
        _requests(run),
        _statuses(run.statuses),
        _steps(run.history),
        _scaling(run.activities),
        _capacity(run),
    )
    return tuple(sorted((e for source in sources for e in source), key=lambda event: event.at))


def _steps(history: Sequence[Entry]) -> Iterator[Event]:
    """On a virtual clock two steps can have one instant, within which the history has no order."""
    order = list(_STEPS)
    for entry in sorted(history, key=lambda entry: (entry.at, order.index(entry.step))):
        outcome, why = _VARIANT.sub("", entry.outcome), _VARIANT.sub("", entry.reason)
        if entry.ok:
            yield Event(entry.at, "Lowtide", _STEPS[entry.step], why, detail=outcome)
        else:
            step = "Blocked" if entry.step == Blocked.name else entry.step
            yield Event(entry.at, "Lowtide", f"{step}: {outcome}", why)


def _requests(run: Run) -> Iterator[Event]:
    for at, request in run.requests:
        what = f"asked for the endpoint for {request['for']}"
        yield Event(at, request["by"], what, request["reason"])


def _statuses(statuses: Sequence[tuple[datetime, str]]) -> Iterator[Event]:
    for (since, before), (at, after) in pairwise(statuses):
        took = (at - since) // timedelta(minutes=1)
        if (before, after) == ("Creating", "InService"):
            yield Event(at, "SageMaker", "InService", f"created in {took} min")
        elif after == "Absent":
            yield Event(at, "SageMaker", "Absent", "deleted; billing has stopped")
        elif after in ("Failed", "RollingBack"):
            yield Event(at, "SageMaker", after, f"after {took} min of {before}")


def _scaling(activities: Sequence[dict[str, Any]]) -> Iterator[Event]:
    for activity in activities:
        if activity["StatusCode"] == "Successful":
            # "Setting desired instance count to 3."
            count = int(activity["Description"].rstrip(".").rsplit(" ", 1)[1])
            what = f"set {count} instance{'s' * (count != 1)}"
            at, why = activity["StartTime"], _why(activity)
            yield Event(at, "Application Auto Scaling", what, why, routine=True)


def _why(activity: dict[str, Any]) -> str:
    """AWS's Cause; of target tracking only the policy's name and on which side the metric is."""
    cause = str(activity["Cause"])
    high, low = "AlarmHigh" in cause, "AlarmLow" in cause
    if "scheduled action" in cause or not (high or low):
        return cause
    policy = cause.split("policy ")[-1].split()[0].strip(".,")
    return f"{policy}: the metric is {'above' if high else 'below'} its target"


def _capacity(run: Run) -> Iterator[Event]:
    drought = run.scenario.drought
    yield Event(drought.start, "EC2 capacity", f"no {PREFERRED} from now on", "as scripted")
    yield Event(drought.end, "EC2 capacity", f"{PREFERRED} is available again", "as scripted")
    for before, after in pairwise(run.minutes):
        if after.instances.get(FALLBACK) and not before.instances.get(FALLBACK):
            # AWS gives up on the preferred pool some time after it asked for it.
            dry = drought.start <= after.at <= drought.end + _GIVEN_UP_WITHIN
            why = f"{PREFERRED} has no capacity" if dry else "fallback"
            yield Event(after.at, "SageMaker", f"{FALLBACK} joins", why)

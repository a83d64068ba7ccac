"""What must be true of every minute of the month, whatever happened in it.

Nothing of lowtide is used here: schedules are worked out by the oracle of their own tests, and the
rules are the promises of the documentation.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.month.records import MINUTE, Change, Records

SERVING = ("InService", "Updating", "RollingBack", "SystemUpdating")
SOON = 25  # minutes: a creation of up to 11 with its tries, where it could not begin early
_LONGEST_LEAD = 60
_GRACE = 5
_HOUR = timedelta(hours=1)
_TO_DELETE = 25  # minutes for a change of scaling that is underway and the steps of a sleep


class Timeline:
    """An endpoint by the minute, from the records and the changes of its status."""

    def __init__(self, records: Records, name: str, changes: Sequence[Change], end: datetime):
        self.records, self.name, self.changes = records, name, changes
        self.spec = records.specs[name]
        self.minutes = [records.begin + n * MINUTE for n in range((end - records.begin) // MINUTE)]
        self.wanted = [records.wanted(name, at) for at in self.minutes]
        self.paused = [records.paused(name, at) for at in self.minutes]
        self.excused = [False] * len(self.minutes)
        for excuse in records.excuses:
            if excuse.endpoint in ("", name):
                first, last = self.place(excuse.begin), self.place(excuse.end) + 1
                self.excused[first:last] = [True] * len(self.excused[first:last])
        times = [change.at for change in changes]
        self.status = [changes[bisect_right(times, at) - 1].status for at in self.minutes]

    def place(self, at: datetime) -> int:
        return max((at - self.minutes[0]) // MINUTE, 0)

    def asked(self, at: datetime, within: int) -> bool:
        """Whether a person asked for anything in the minutes before."""
        return any(at - within * MINUTE <= r.at <= at for r in self.records.requests[self.name])


def judge(line: Timeline) -> Iterator[str]:
    for rule in (_awake_in_time, _asleep_in_time, _no_wrong_delete, _no_wrong_creation):
        yield from (f"{line.name}: {wrong}" for wrong in rule(line))


def _awake_in_time(line: Timeline) -> Iterator[str]:
    """In service when a window opens; soon after a request, or after the end of an excuse."""
    due, complained = 0, False
    for n, at in enumerate(line.minutes):
        if not line.wanted[n] or line.paused[n] or line.excused[n]:
            due, complained = n + SOON, False
            continue
        opened = n > 0 and not line.wanted[n - 1] and line.records.walks[line.name].at(at)
        before = range(max(n - _LONGEST_LEAD - line.spec.warm_up, 0), n)
        calm = not any(line.paused[m] or line.excused[m] for m in before) and before.start > 0
        in_time = opened and calm and not line.asked(at, _LONGEST_LEAD + 300)
        if in_time and line.spec.ready == "at-start":
            due = n
        if n >= due and line.status[n] not in SERVING and not complained:
            complained = True
            yield f"{at}: it should be in service, and is {line.status[n]}"


def _asleep_in_time(line: Timeline) -> Iterator[str]:
    """Gone a few minutes after its drain, whose deadline runs from the closing."""
    deadline = line.spec.drain + _TO_DELETE
    due, complained = deadline, False
    lead = _LONGEST_LEAD + line.spec.warm_up
    for n, at in enumerate(line.minutes):
        soon = any(line.wanted[n : n + lead + 1])
        streams = line.spec.stays and line.records.in_flight(line.name, at)
        if soon or line.paused[n] or line.excused[n] or streams:
            # It counts from the closing, though it lies in the hour before an opening.
            due, complained = n + deadline, False
        elif line.status[n] == "Creating":
            due = max(due, n + deadline)
        if n >= due and line.status[n] in SERVING and not complained:
            complained = True
            yield f"{at}: it should be asleep, and is {line.status[n]}"


def _no_wrong_delete(line: Timeline) -> Iterator[str]:
    for before, change in pairwise(line.changes):
        if change.status != "Deleting" or change.by_hand or before.status == "Failed":
            continue
        at, name, records = change.at, line.name, line.records
        if records.wanted(name, at):
            yield f"{at}: deleted in an open window, while {before.status}"
        if records.paused(name, at):
            yield f"{at}: deleted while it is paused"
        closed = _not_wanted_since(line, at)
        drained = at - closed >= timedelta(minutes=line.spec.drain) and not line.spec.stays
        old = [s for s in records.in_flight(name, at) if s < at.timestamp() - 180]
        if old and not drained and _served(line, min(old)):
            yield f"{at}: deleted {at - closed} after its closing with {len(old)} open streams"


def _not_wanted_since(line: Timeline, at: datetime) -> datetime:
    n = min(line.place(at), len(line.minutes) - 1)
    while n > 0 and not line.wanted[n - 1]:
        n -= 1
    return line.minutes[n]


def _served(line: Timeline, second: float) -> bool:
    """Whether the call found the endpoint in service."""
    n = int(second - line.minutes[0].timestamp()) // 60
    return n < 0 or line.status[n] in SERVING


def _no_wrong_creation(line: Timeline) -> Iterator[str]:
    last_deleted: Change | None = None
    for before, change in pairwise(line.changes):
        if change.status == "Deleting":
            last_deleted = change
        if change.status != "Creating" or change.by_hand:
            continue
        at, name, records = change.at, line.name, line.records
        if before.status != "Absent":
            yield f"{at}: created while {before.status}"
        if records.paused(name, at):
            yield f"{at}: created while it is paused"
        lead = (_LONGEST_LEAD + line.spec.warm_up) if line.spec.ready == "at-start" else 0
        soon = (at + n * MINUTE for n in range(lead + 1))
        asked = records.override(name, at)
        if not (any(records.walks[name].at(s) for s in soon) if asked is None else asked):
            yield f"{at}: created though no window opens within {lead} minutes"
        replaced = last_deleted is not None and last_deleted.by_hand
        if replaced and at - before.at < _GRACE * MINUTE and not line.asked(at, 10):
            yield f"{at}: created {at - before.at} after it was deleted by hand"


def judge_history(line: Timeline, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each deletion and creation of Lowtide's has one entry that says it was done, and no more."""
    for step, status in (("Create", "Creating"), ("Delete", "Deleting")):
        entered = [
            datetime.fromisoformat(str(e["at"])) for e in entries if e["step"] == step and e["ok"]
        ]
        for change in line.changes:
            if change.status != status or change.by_hand or change.at < line.minutes[0]:
                continue
            near = [at for at in entered if abs(at - change.at) <= 2 * MINUTE]
            if not near:
                yield f"{line.name}: {change.at}: {status} has no entry in the history"
                continue
            entered.remove(near[0])
        yield from (f"{line.name}: {at}: an entry {step} of nothing" for at in entered)


def judge_costs(
    line: Timeline,
    status: Mapping[str, Any],
    prices: Mapping[str, float],
    used_s: Mapping[str, float],
) -> Iterator[str]:
    """They are "at least": never above the truth, and below it by what Lowtide cannot know only."""
    costs, savings = status["costs"]["last 30 days"], status["savings"]["last 30 days"]
    awake, unknown, asleep = _hours(line)
    spare = sum(change.status in ("Creating", "Deleting") for change in line.changes) * 3 / 60
    least = awake - unknown - spare - sum(line.excused) / 60
    if not least <= costs["hours_awake"] <= awake + spare:
        yield f"{line.name}: {costs['hours_awake']} hours awake by status, {awake:.2f} in truth"
    if savings["hours_asleep"] > asleep + spare:
        hours = savings["hours_asleep"]
        yield f"{line.name}: {hours} hours asleep by status, {asleep:.2f} in truth"
    for each in (costs, savings):
        kept = each["instance_hours_at_least"]
        usd = sum(prices[kind] * hours for kind, hours in kept.items())
        if abs(usd - (each["usd_at_least"] or 0)) > 0.03 * (1 + len(kept)):
            yield f"{line.name}: {each} do not fit the prices"
    kept_h, used_h = sum(costs["instance_hours_at_least"].values()), sum(used_s.values()) / 3600
    if kept_h > used_h * 1.01 + spare:
        yield f"{line.name}: {kept_h:.1f} instance-hours by status, {used_h:.1f} in truth"


def _hours(line: Timeline) -> tuple[float, float, float]:
    """In service; of that, what a delete by hand ended, which Lowtide cannot know; absent."""
    end = Change(line.minutes[-1] + MINUTE, "", by_hand=False)
    awake = unknown = asleep = life = timedelta()
    for change, after in pairwise([*line.changes, end]):
        lasted = max(after.at - max(change.at, line.minutes[0]), timedelta())
        if change.status in SERVING:
            awake, life = awake + lasted, life + lasted
        elif change.status == "Absent":
            asleep += lasted
        if after.status == "Deleting":
            unknown += life if after.by_hand else timedelta()
            life = timedelta()
    return awake / _HOUR, unknown / _HOUR, asleep / _HOUR

"""Builds the report of a run, and finds what must make the demo fail."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from lowtide.domain.endpoint import SERVING, Status
from lowtide_cli.schedules.costs import USD_PER_HOUR
from lowtide_workbench.demo.endpoint import ENDPOINT
from lowtide_workbench.demo.play import Run
from lowtide_workbench.demo.scenario import CAPACITY, PREFERRED, TIMEZONE
from lowtide_workbench.demo.timeline import events
from lowtide_workbench.report.model import Report, Totals
from lowtide_workbench.report.week import Week

_MINUTE = timedelta(minutes=1)
_COMPARED_WITHIN = timedelta(minutes=20)  # a restore may start an update that the policy waits for
_MINIMUM_COUNT = 1  # of the scalable target, to which an endpoint that is always on scales in


def build_report(run: Run, week: Week | None = None) -> Report:
    scenario = run.scenario
    return Report(
        endpoint=ENDPOINT,
        traffic=scenario.traffic,
        timezone=TIMEZONE.key,
        capacity=CAPACITY,
        minutes=run.minutes,
        events=events(run),
        windows=scenario.windows,
        droughts={PREFERRED: scenario.drought},
        comparisons=run.comparisons,
        totals=_totals(run),
        week=week,
    )


def failures(run: Run) -> tuple[str, ...]:
    """Why the demo fails, a sentence each: windows without an endpoint, differences, errors."""
    return (
        *(f"nothing was in service at {_local(at)}" for at in _missed_windows(run)),
        *(f"nothing was compared after the wake of {_local(at)}" for at in _uncompared_wakes(run)),
        *(difference for c in run.comparisons for difference in c.differences),
        *([] if run.comparisons else ["it never slept and woke: nothing was compared"]),
        *(f"{_local(f.at)} the {f.function} failed: {f.error}" for f in run.failures),
    )


def _missed_windows(run: Run) -> Iterator[datetime]:
    statuses = {minute.at: minute.status for minute in run.minutes}
    for window in run.scenario.windows:
        if statuses.get(window.start) not in SERVING:
            yield window.start


def _uncompared_wakes(run: Run) -> Iterator[datetime]:
    compared = [comparison.after_wake for comparison in run.comparisons]
    for before, after in pairwise(run.minutes):
        woke = before.status == Status.CREATING and after.status in SERVING
        if woke and not any(after.at <= at <= after.at + _COMPARED_WITHIN for at in compared):
            yield after.at


def _totals(run: Run) -> Totals:
    asleep = sum(minute.status == "Absent" for minute in run.minutes) * _MINUTE
    seconds = run.tally.instance_seconds
    spent = sum(seconds[t] / 3600 * USD_PER_HOUR[t] for t in seconds)
    kept_hours = asleep / timedelta(hours=1) * _MINIMUM_COUNT
    return Totals(
        asleep=asleep,
        spent_usd=spent,
        always_on_usd=spent + kept_hours * USD_PER_HOUR[PREFERRED],
        calls=run.tally.sessions,
        calls_over_capacity=run.tally.on_full_instance,
        calls_without_endpoint=run.tally.unserved,
        calls_cut=run.tally.cut,
    )


def _local(at: datetime) -> str:
    return f"{at.astimezone(TIMEZONE):%a %H:%M}"

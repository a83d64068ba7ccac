"""Turns a raw run into the story that the terminal and the page tell."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from lowtide.domain.endpoint.observed import SERVING, Status
from lowtide.domain.history.costs import saved_usd
from lowtide_cli.prices import USD_PER_HOUR
from lowtide_workbench.demo.endpoint import ENDPOINT
from lowtide_workbench.demo.play import Played
from lowtide_workbench.demo.scenario import CAPACITY, PREFERRED, TIMEZONE
from lowtide_workbench.demo.timeline import happenings
from lowtide_workbench.report.model import Span, Story, Totals

_MINUTE = timedelta(minutes=1)
_PROOF = timedelta(minutes=20)  # what is restored may start an update, which the policy waits for
_KEPT_BY_ALWAYS_ON = 1  # the scalable target's minimum: what scaling in alone could reach at night


def tell(played: Played) -> Story:
    scenario = played.scenario
    return Story(
        endpoint=ENDPOINT,
        traffic=scenario.traffic,
        timezone=TIMEZONE.key,
        capacity=CAPACITY,
        minutes=played.minutes,
        happenings=happenings(played),
        windows=scenario.windows,
        droughts={PREFERRED: scenario.drought},
        comparisons=played.comparisons,
        totals=_totals(played),
    )


def lost(played: Played) -> tuple[str, ...]:
    """What must make the demo fail, in words: nothing of it may happen."""
    return (
        *(f"nothing was in service at {w.start:%a %H:%M}Z" for w in _missed_windows(played)),
        *(f"nothing was compared after the wake of {at:%a %H:%M}Z" for at in _unproven(played)),
        *(difference for c in played.comparisons for difference in c.differences),
        *([] if played.comparisons else ["it never slept and woke: nothing was compared"]),
        *(f"a function failed: {failure}" for failure in played.failures),
    )


def _missed_windows(played: Played) -> Iterator[Span]:
    statuses = {minute.at: minute.status for minute in played.minutes}
    for window in played.scenario.windows:
        if statuses.get(window.start) not in SERVING:
            yield window


def _unproven(played: Played) -> Iterator[datetime]:
    """Wakes that no comparison followed before long."""
    compared = [comparison.morning for comparison in played.comparisons]
    for before, after in pairwise(played.minutes):
        woke = before.status == Status.CREATING and after.status in SERVING
        if woke and not any(after.at <= at <= after.at + _PROOF for at in compared):
            yield after.at


def _totals(played: Played) -> Totals:
    asleep = sum(minute.status == "Absent" for minute in played.minutes) * _MINUTE
    seconds = played.tally.instance_seconds
    spent = sum(seconds[t] / 3600 * USD_PER_HOUR[t] for t in seconds)
    return Totals(
        asleep=asleep,
        spent_usd=spent,
        always_on_usd=spent + saved_usd(asleep, _KEPT_BY_ALWAYS_ON, USD_PER_HOUR[PREFERRED]),
        calls=played.tally.sessions,
        calls_on_full_instance=played.tally.on_full_instance,
        calls_without_endpoint=played.tally.unserved,
        calls_cut=played.tally.cut,
    )

"""Turns a raw run into the story that the terminal and the page tell."""

from datetime import timedelta

from lowtide.domain.savings import saved_usd
from workbench.demo.endpoint import ENDPOINT
from workbench.demo.happenings import happenings
from workbench.demo.play import Played
from workbench.demo.scenario import CAPACITY, PREFERRED, TIMEZONE
from workbench.prices import USD_PER_HOUR
from workbench.report.story import Story, Totals

_MINUTE = timedelta(minutes=1)
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


def restored(played: Played) -> bool:
    """Each window opened on an endpoint that had been compared, and no field differed."""
    compared = [comparison.morning for comparison in played.comparisons]
    for window in played.scenario.windows:
        if not any(window.start - timedelta(hours=2) < at <= window.start for at in compared):
            return False
    return not any(comparison.differences for comparison in played.comparisons)


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
    )

"""Small simulations: calls by hand, pools of ten, an endpoint that is always open."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from lowtide.domain.curve.day import Day
from lowtide.domain.schedule.schedule import Schedule
from lowtide_workbench.simulate.model.play import Played, Question, Table, play
from lowtide_workbench.simulate.model.policies import Policy
from lowtide_workbench.simulate.model.pools import FleetRules, Pool
from lowtide_workbench.simulate.model.script import Script, script
from lowtide_workbench.simulate.model.traffic import Traffic, days_of, from_seconds

START = datetime(2024, 1, 1, tzinfo=UTC)
DAY = START.date()
HOUR, PLAYED_HOURS = 3600, 14
ALWAYS = Schedule((), ZoneInfo("UTC"))
TENS = (Pool("ten", 10, 1.0),)
TENS_AND_TWENTIES = (*TENS, Pool("twenty", 20, 2.5))
EXACT = FleetRules(provisioning_s=(600, 600))  # ten minutes, whatever the seed


def calls(*spans: tuple[int, float, float]) -> Traffic:
    """Each (count, from hour, to hour); they come and go together."""
    arrivals = [int(start * HOUR) for count, start, _ in spans for _ in range(count)]
    durations = [
        int((end - start) * HOUR) - 10 for count, start, end in spans for _ in range(count)
    ]
    return from_seconds(START, np.array(arrivals), np.array(durations))


def script_of(traffic: Traffic, schedule: Schedule = ALWAYS) -> tuple[Script, Mapping[date, Day]]:
    days = days_of(traffic, schedule)
    day = days.get(DAY) or next(iter(days.values()))
    whole = {DAY: day}
    return script(traffic, schedule, whole, [DAY]), whole


def played(
    traffic: Traffic, *policies: Policy, rules: FleetRules = EXACT, schedule: Schedule = ALWAYS
) -> Played:
    """Plays until 14:00."""
    made, days = script_of(traffic, schedule)
    made = replace(made, bins=made.bins[: PLAYED_HOURS * 12])
    return play(Question(policies[0].pools, made, days, policies, [1], rules=rules))


def minutes_of(count: int, capacity: Table) -> list[int]:
    """The minutes, in steps of five, at whose end the capacity was first and last that."""
    at = [5 * n for n, each in enumerate(capacity) if each == count]
    return [at[0], at[-1]] if at else []

"""A whole simulation: every policy and setting on the scored days, and what to choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from lowtide.domain.curve import CurveSettings, Day
from lowtide.domain.schedule import Schedule
from lowtide_workbench.simulate.families import Family, alternatives, families
from lowtide_workbench.simulate.model.oracle import clairvoyant_usd
from lowtide_workbench.simulate.model.play import Played, Progress, Question
from lowtide_workbench.simulate.model.pools import FleetRules, Pool
from lowtide_workbench.simulate.model.processes import play_in_processes
from lowtide_workbench.simulate.model.script import STEPS_PER_BIN, Script, script
from lowtide_workbench.simulate.model.traffic import Ints, Traffic, days_of
from lowtide_workbench.simulate.outcomes import Outcome, outcomes

_LEAST_HISTORY_DAYS, _HISTORY_DAYS = 7, 14
_EQUAL = 1.005  # costs that differ by less are equal
BASELINE = "Lowtide with floors"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the user has, and what is asked for."""

    pools: tuple[Pool, ...]
    least: int = 1
    target: float = 0.75
    objective: float = 0.005  # of the calls may find no room
    errors: str = "none"
    seeds: int = 10
    weeks: int = 4
    has_dates: bool = False
    change_back: bool = False
    rules: FleetRules = field(default_factory=FleetRules)


@dataclass(frozen=True, slots=True)
class Study:
    """`swept`: families with their outcomes, in order; `played` has them and then `varied`."""

    setting: Setting
    script: Script
    days: Mapping[date, Day]
    peak: int
    left_out: int  # calls outside the hours
    clairvoyant_usd: float  # a week
    clairvoyant_with_least_usd: float
    swept: Sequence[tuple[Family, Sequence[Outcome]]]
    varied: Sequence[Outcome]
    played: Played

    @property
    def scored(self) -> Sequence[date]:
        return list(self.script.calls)

    @property
    def history_days(self) -> int:
        return sum(on < self.scored[0] for on in self.days)

    @property
    def best(self) -> Outcome | None:
        """Returns the cheapest that fulfils the objective; where costs are equal, the plainest."""
        good = [outcome for outcome in self.with_floors if outcome.failed <= self.setting.objective]
        least = min((outcome.usd_a_week for outcome in good), default=0.0)
        return next((outcome for outcome in good if outcome.usd_a_week <= _EQUAL * least), None)

    @property
    def nearest(self) -> Outcome:
        """Returns the best, or the one with the fewest failed calls where none is good enough."""
        return self.best or min(self.with_floors, key=lambda outcome: outcome.failed)

    @property
    def with_floors(self) -> Sequence[Outcome]:
        floors = [found for family, found in self.swept if family.name == BASELINE]
        return [*floors[0], *self.varied]

    @property
    def streams(self) -> Ints:
        """Returns the most streams in each bin that is played."""
        edges = (np.diff(steps.edges) for steps in (self.script.arrivals, self.script.ends))
        arrivals, ends = edges
        steps = len(self.script.bins) * STEPS_PER_BIN
        live = np.cumsum(arrivals[:steps] - ends[:steps])
        return live.reshape(-1, STEPS_PER_BIN).max(axis=1)


class TooShortError(ValueError):
    """The traffic has too few days to learn from and to score."""


def study(
    traffic: Traffic,
    schedule: Schedule,
    setting: Setting,
    progress: Progress = lambda _done, _all: None,
) -> Study:
    days = days_of(traffic, schedule)
    scored = scored_days(days, setting.weeks)
    made = script(traffic, schedule, days, scored)
    curve = CurveSettings(
        lead_bins=-(-setting.rules.provisioning_s[1] // 300), change_back=setting.change_back
    )
    peak = int(traffic.streams.max())
    compared = families(setting.pools, setting.least, setting.target, peak, curve)
    varied = alternatives(setting.pools, setting.least, setting.target, curve)
    policies = [*(policy for family in compared for policy in family.policies), *varied]
    seeds = range(1, setting.seeds + 1)
    question = Question(setting.pools, made, days, policies, seeds, setting.errors, setting.rules)
    played = play_in_processes(question, progress)
    found = iter(outcomes(question, played))
    weeks = len(scored) / 7
    return Study(
        setting,
        made,
        days,
        peak,
        _left_out(traffic, made),
        clairvoyant_usd(made, setting.pools[0], setting.rules) / weeks,
        clairvoyant_usd(made, setting.pools[0], setting.rules, setting.least) / weeks,
        [(family, [next(found) for _ in family.policies]) for family in compared],
        list(found),
        played,
    )


def _left_out(traffic: Traffic, made: Script) -> int:
    steps = made.first_step, made.first_step + len(made.bins) * STEPS_PER_BIN
    arrived = (traffic.arrivals >= steps[0]) & (traffic.arrivals < steps[1])
    return int(arrived.sum()) - sum(made.calls.values())


def scored_days(days: Mapping[date, Day], weeks: int) -> Sequence[date]:
    """The last weeks, with two weeks before them to learn from, or one where there is no more."""
    dates = sorted(days)
    history = _HISTORY_DAYS if len(dates) >= _HISTORY_DAYS + 7 else _LEAST_HISTORY_DAYS
    if len(dates) <= _LEAST_HISTORY_DAYS:
        msg = f"{len(dates)} days of calls, expected 8 or more: a week to learn from, and a day"
        raise TooShortError(msg)
    return dates[max(history, len(dates) - 7 * weeks) :]

"""Plays the week of each endpoint under every way to scale it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from lowtide.domain.curve import CurveSettings
from lowtide_cli.prices.table import shipped
from lowtide_cli.schedules.costs import REGION
from lowtide_workbench.demo.scenario import CAPACITY, TARGET
from lowtide_workbench.demo.week.endpoints import ALWAYS, CALLS_AN_HOUR, Endpoint, endpoints
from lowtide_workbench.report.week import Row, Week
from lowtide_workbench.simulate.model.play import Question, play
from lowtide_workbench.simulate.model.policies import Metric, Policy
from lowtide_workbench.simulate.model.pools import ERRORS, FleetRules, Pool
from lowtide_workbench.simulate.model.script import script
from lowtide_workbench.simulate.model.traffic import days_of
from lowtide_workbench.simulate.outcomes import Outcome, outcomes
from lowtide_workbench.simulate.study import scored_days

_PRICES = {name: shipped()[REGION, name] for name in CAPACITY}
_POOLS = tuple(Pool(name, c, _PRICES[name].usd_per_hour) for name, c in CAPACITY.items())
_FORMULA_TARGET = 0.7  # AWS's own, where it publishes the formula
_ERRORS = "mild"
_SEEDS = range(1, 5)
_RULES = FleetRules()


@dataclass(frozen=True, slots=True)
class _Way:
    name: str
    policy: Policy
    sleeps: bool = False


def week() -> Week:
    """Returns the costs of each way by endpoint, and the share of all calls that it fails."""
    played = {endpoint.name: _played(endpoint) for endpoint in endpoints()}
    calls = sum(count for count, _ in played.values())
    ways = next(iter(played.values()))[1]
    rows = tuple(
        Row(
            way,
            {name: found[way].usd_a_week for name, (_, found) in played.items()},
            sum(count * found[way].failed for count, found in played.values()) / calls,
        )
        for way in ways
    )
    most = played["production"][1]["A fixed fleet"].policy.least
    return Week(rows, calls, tuple(_assumptions(calls, most)))


def _ways(peak: int) -> list[_Way]:
    """`peak` in streams of the weeks before; an instance of the first pool holds its capacity."""
    floors = CurveSettings(lead_bins=-(-_RULES.provisioning_s[1] // 300))
    halved = _FORMULA_TARGET / len(_POOLS)
    lowtide = Policy(_POOLS, Metric.LOWTIDE, TARGET)
    return [
        _Way("A fixed fleet", Policy(_POOLS, least=max(1, ceil(peak / _POOLS[0].capacity)))),
        _Way("AWS's predefined metric", Policy(_POOLS, Metric.PREDEFINED, TARGET)),
        _Way("AWS's formula", Policy(_POOLS, Metric.PUBLISHED_AS_ZERO, _FORMULA_TARGET)),
        _Way("AWS's formula, half target", Policy(_POOLS, Metric.PUBLISHED_AS_ZERO, halved)),
        _Way("Lowtide", lowtide, sleeps=True),
        _Way("Lowtide with floors", Policy(_POOLS, Metric.LOWTIDE, TARGET, floors=floors), True),
    ]


def _played(endpoint: Endpoint) -> tuple[int, Mapping[str, Outcome]]:
    """Returns the calls of the week, and what came of each way by its name."""
    traffic = endpoint.traffic
    found: dict[str, Outcome] = {}
    for schedule in (ALWAYS, endpoint.schedule):
        days = days_of(traffic, schedule)
        script_ = script(traffic, schedule, days, scored_days(days, 1))
        before = traffic.streams[: script_.first_step].max()
        ways = [way for way in _ways(int(before)) if way.sleeps is (schedule is not ALWAYS)]
        policies = [way.policy for way in ways]
        question = Question(_POOLS, script_, days, policies, _SEEDS, _ERRORS, _RULES)
        names = [way.name for way in ways]
        found |= dict(zip(names, outcomes(question, play(question)), strict=True))
    return sum(script_.calls.values()), found


def _assumptions(calls: int, most: int) -> Iterator[str]:
    first, second = ERRORS[_ERRORS]
    shortest, longest = (seconds // 60 for seconds in _RULES.provisioning_s)
    streams = ", ".join(f"{name} {capacity}" for name, capacity in CAPACITY.items())
    price, other = _PRICES.values()
    yield (
        f"{calls:,} calls, the same for all: production as a bank's call centre (Mon-Fri 07:00-"
        f"21:30), development and staging {CALLS_AN_HOUR} an hour"
    )
    yield "All weeks are drawn from one profile: floors learn from them more easily than from real ones"
    yield "Lowtide's hours: development Mon-Fri 08-20, staging 08:30-12:30 and 14-18"
    yield f"Streams at acceptable latency: {streams}"
    yield (
        f"USD an hour: {price.usd_per_hour:.3f} and {other.usd_per_hour:.3f}, "
        f"on demand ({price.basis})"
    )
    yield f"An instance starts in {shortest} to {longest} minutes, and is paid from its request on"
    yield (
        f"No capacity: the first type {100 * first:g} % of the time, the second "
        f"{100 * second:g} %; {len(_SEEDS)} draws, the same for all"
    )
    yield f"The fixed fleet: the peak of the two weeks before, {most} instances in production"
    yield (
        f"Targets: {TARGET:g} of the capacity, and {_FORMULA_TARGET:g} of AWS's formula as AWS "
        "publishes it; at least 1 instance while awake"
    )
    yield (
        "A call meets a full instance if its instance already holds its capacity, or if none "
        "is in service"
    )
    yield (
        "Not counted: Lowtide's own cost of some USD a month, the model's licence, Savings Plans "
        "(paid asleep or not)"
    )

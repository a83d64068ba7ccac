"""Figures in words, the same on the terminal and on the page."""

from datetime import date

from lowtide_workbench.simulate.outcomes import Outcome
from lowtide_workbench.simulate.study import Study

NBSP = "\N{NO-BREAK SPACE}"


def percent(share: float) -> str:
    """`0.52 %`, `12 %`: two digits are enough to compare."""
    decimals = 2 if share < 0.1 else 0
    return f"{100 * share:.{decimals}f}{NBSP}%"


def usd(amount: float) -> str:
    return f"${amount:,.0f}"


def setting_of(outcome: Outcome) -> str:
    """What a sweep varies: the margin, the target or the count."""
    policy = outcome.policy
    if policy.floors:
        return f"{policy.floors.margin:g}"
    return f"{policy.target:g}" if policy.target < 1 else str(policy.least)


def day(study: Study, on: date) -> str:
    """`Mon 15 Jan`; of a trace, which has no dates, `Mon, day 15`."""
    if study.setting.has_dates:
        return f"{on:%a %d %b}"
    return f"{on:%a}, day {(on - min(study.days)).days + 1}"


def costs(study: Study, cost: float | None) -> str:
    """`199 1.34/1.16`: USD a week, and times the clairvoyant fleet's without and with a minimum."""
    if cost is None:
        return "not reached"
    ratios = (study.clairvoyant_usd, study.clairvoyant_with_least_usd)
    return f"{cost:,.0f} {'/'.join(f'{cost / known:.2f}' for known in ratios)}"

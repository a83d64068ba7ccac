"""Figures in words, the same on the terminal and on the page."""

from lowtide_workbench.simulate.outcomes import Outcome

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

"""A simulation on a terminal of 80 columns."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from lowtide_workbench.simulate.advice import advice
from lowtide_workbench.simulate.outcomes import Outcome, usd_at
from lowtide_workbench.simulate.study import BASELINE, Study
from lowtide_workbench.simulate.wording import costs, day, percent, setting_of, usd

_FOUR_WEEKS = 26  # days: from a Monday to a Friday
SHARES = (0.005, 0.01, 0.02)


def show(study: Study, console: Console) -> None:
    for line in _what_was_played(study):
        console.print(line)
    console.print()
    console.print("USD a week where that share of the calls finds no room", style="bold")
    console.print("Behind it: times a fleet that knows every call, without / with your minimum.")
    console.print(_at_equal_quality(study))
    console.print()
    console.print(f"{BASELINE}, by margin", style="bold")
    console.print(_margins(study))
    console.print()
    for line in advice(study):
        console.print(line, highlight=False)


def _what_was_played(study: Study) -> Iterator[str]:
    calls = sum(study.script.calls.values())
    yield f"{calls:,} calls on {len(study.scored)} days, at most {study.peak} at a time;"
    yield f"{study.history_days} days before them to learn from."
    if study.left_out:
        yield f"{study.left_out:,} more calls came outside the hours; they are left out."
    yield f"Capacity errors: {study.setting.errors}; {study.setting.seeds} seeds."
    yield (
        f"A fleet that knew every call: {usd(study.clairvoyant_usd)} a week; "
        f"with your minimum of {study.setting.least}: {usd(study.clairvoyant_with_least_usd)}."
    )
    if len(study.scored) < _FOUR_WEEKS:
        yield "Fewer than four weeks are scored: judge with care."


def _at_equal_quality(study: Study) -> Table:
    table = _table()
    table.add_column("policy", no_wrap=True)
    for share in SHARES:
        table.add_column(percent(share), justify="right", no_wrap=True)
    for family, swept in study.swept:
        table.add_row(family.name, *(_cost(study, swept, share) for share in SHARES))
    return table


def _cost(study: Study, swept: Sequence[Outcome], share: float) -> str:
    return costs(study, usd_at(swept, share))


def _table() -> Table:
    return Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)


def _margins(study: Study) -> Table:
    table = _table()
    for name in ("margin", "USD a week", "no room for", "worst day", "by week", "starts a day"):
        table.add_column(name, justify="right", no_wrap=True)
    for outcome in next(found for family, found in study.swept if family.name == BASELINE):
        weeks = [percent(share) for share in sorted(outcome.failed_by_week)]
        table.add_row(
            setting_of(outcome),
            f"{outcome.usd_a_week:,.0f} ±{outcome.usd_error:.1f}",
            f"{percent(outcome.failed)} ±{100 * outcome.failed_error:.2f}",
            f"{day(study, outcome.worst_day)} {percent(outcome.failed_on_worst_day)}",
            f"{weeks[0][:-2]}-{weeks[-1]}",
            f"{outcome.launches_a_day:.1f}",
        )
    return table

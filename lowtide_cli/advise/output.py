"""An advice in the terminal and as JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from lowtide_cli.advise import pieces
from lowtide_cli.advise.advice import Advice
from lowtide_cli.advise.monthly import Way, ways
from lowtide_cli.advise.rules import ASKED, Rule
from lowtide_cli.advise.workload import Workload
from lowtide_cli.prices.table import NoPrice, Price
from lowtide_cli.schedules.costs import dollars
from lowtide_cli.schedules.tables import grid

_KINDS = {
    "real-time": "a real-time endpoint",
    "asynchronous": "an asynchronous endpoint",
    "components": "inference components",
}
_FLEETS = {"one-type": "one instance type", "pools": "instance pools"}
_OFF_HOURS = {
    "always-on": "in service at all times",
    "schedule": "asleep outside its hours",
    "on-demand": "asleep until a workload wakes it",
    "zero": "at zero instances without requests",
}
_HELD = "held at zero outside its hours"
_NOTHING = "You need nothing of Lowtide for it: AWS's own scaling does it."
_FLOORS = "Minimums learned from your traffic may still help: see lowtide simulate."
_NO_TYPE = "no instance type is named; name it by --type"
_NOT_PRICED = "the model's licence, data, storage and what scaling adds come on top"
_NONE_FITS = "None of them fits: not real time, not asynchronous, not inference components."


@dataclass(frozen=True, slots=True)
class Answer:
    """`prices` are by instance type, in the order of the pools. `observed` is what was seen of an
    existing endpoint."""

    name: str
    workload: Workload
    advice: Advice
    prices: Mapping[str, Price | NoPrice]
    observed: Sequence[str] = ()

    @property
    def ways(self) -> Sequence[Way]:
        """By the price of the first type, which serves unless it is unavailable."""
        price = next(iter(self.prices.values()), NoPrice(_NO_TYPE))
        return [*ways(self.workload, self.advice, price)]

    @property
    def headline(self) -> str:
        advice = self.advice
        if advice.kind is None:
            return _NONE_FITS
        held = (advice.kind, advice.off_hours) == ("asynchronous", "schedule")
        parts = [
            _KINDS[advice.kind],
            _FLEETS.get(advice.fleet or ""),
            _HELD if held else _OFF_HOURS.get(advice.off_hours or ""),
        ]
        text = ", ".join(part for part in parts if part)
        return text[0].upper() + text[1:]


def show(answer: Answer, console: Console) -> None:
    _list("Seen in the last two weeks", answer.observed, console)
    console.print(Text(answer.headline, "bold"))
    if answer.advice.nothing_for_lowtide:
        console.print(_NOTHING)
        if answer.advice.kind == "real-time":
            console.print(_FLOORS)
    console.print()
    _list("Because", map(_said, answer.advice.reasons), console)
    _list("Ruled out", _ruled_out(answer.advice), console)
    _list("What it does not do", map(_said, answer.advice.limits), console)
    _list("Not known, and could change it", _unknown(answer.advice), console)
    _show_costs(answer, console)
    _block("For the file", pieces.yaml(answer.advice, answer.workload, answer.name), console)
    commands = pieces.commands(answer.advice, answer.workload, answer.name)
    _block("Commands", commands, console)


def as_json(answer: Answer) -> str:
    advice = answer.advice
    document = {
        "recommendation": answer.headline,
        "kind": advice.kind,
        "fleet": advice.fleet,
        "off_hours": advice.off_hours,
        "needs_lowtide": advice.kind is not None and not advice.nothing_for_lowtide,
        "observed": list(answer.observed),
        "reasons": [_document(rule) for rule in advice.reasons],
        "ruled_out": {name: [*map(_document, r)] for name, r in advice.ruled_out.items()},
        "limits": [_document(rule) for rule in advice.limits],
        "unknown": {name: ASKED[name][1] for name in advice.unknown},
        "prices": {name: _priced(price) for name, price in answer.prices.items()},
        "a_month": [_way(way) for way in answer.ways],
        "yaml": "\n".join(pieces.yaml(advice, answer.workload, answer.name)),
        "commands": "\n".join(pieces.commands(advice, answer.workload, answer.name)),
    }
    return json.dumps(document, indent=2)


def _document(rule: Rule) -> Mapping[str, str]:
    return {"because": rule.because, "sure": rule.sure, "source": rule.source, "read": rule.read}


def _way(way: Way) -> Mapping[str, Any]:
    usd = None if way.usd is None else round(way.usd, 2)
    return {
        "way": way.name,
        "instance_hours": round(way.hours, 1),
        "usd": usd,
        "possible": way.possible,
        "chosen": way.chosen,
    }


def _said(rule: Rule) -> str:
    return f"{rule.because} ({rule.sure}, {rule.read})"


def _ruled_out(advice: Advice) -> Iterator[str]:
    for option, rules in advice.ruled_out.items():
        yield from (f"{_KINDS[option]}: {_said(rule)}" for rule in rules)


def _unknown(advice: Advice) -> Iterator[str]:
    yield from (f"{what} ({option})" for what, option in map(ASKED.__getitem__, advice.unknown))


def _priced(price: Price | NoPrice) -> str:
    if isinstance(price, NoPrice):
        return price.reason
    return f"${price.usd_per_hour:.3f} an hour ({price.basis})"


def _show_costs(answer: Answer, console: Console) -> None:
    if not answer.ways:
        return
    kept = f"{answer.workload.instances} {next(iter(answer.prices), 'instances')}"
    console.print(Text(f"A month, at least, with {kept} kept", "bold"))
    table = grid(4)
    for way in answer.ways:
        usd = "" if way.usd is None else dollars(way.usd)
        note = "" if way.possible else "ruled out"
        mark = ">" if way.chosen else " "
        table.add_row(mark, way.name, f"{way.hours:5,.0f} h", f"{usd:>8} {note}")
    console.print(table)
    console.print()
    prices = [f"{name}: {_priced(price)}" for name, price in answer.prices.items()]
    _list("Prices", [*(prices or [_NO_TYPE]), _NOT_PRICED], console)


def _list(title: str, lines: Iterable[str], console: Console) -> None:
    rows = [*lines]
    if not rows:
        return
    console.print(Text(title, "bold"))
    table = grid(2, gap=1)
    for line in rows:
        table.add_row(" -", line)
    console.print(table)
    console.print()


def _block(title: str, lines: Iterable[str], console: Console) -> None:
    rows = [*lines]
    if rows:
        console.print(Text(title, "bold"))
        console.print("\n".join(rows), soft_wrap=True)
        console.print()

"""The rules of `rules.toml`, and which of them apply."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lowtide_cli.advise.workload import MINUTE, Workload

_FILE = Path(__file__).with_name("rules.toml")

type Fact = str | float | None  # None: not known
type Facts = Mapping[str, Fact]

# What a person is asked for, and the option that answers it.
ASKED = {
    "traffic": ("the kind of requests", "--traffic"),
    "package": ("where the model comes from", "--package"),
    "pattern": ("when there is traffic", "--when"),
    "types": ("the instance types", "--type"),
    "wait_minutes": ("how long a result may wait", "--wait"),
    "payload_mb": ("the largest request", "--payload"),
    "longest_minutes": ("the longest time a request takes", "--longest"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`for_` is the option it speaks for, `against` are those it rules out. A rule with neither
    says what the choice does not do."""

    name: str
    when: Mapping[str, Any]
    for_: str | None
    against: Sequence[str]
    because: str
    source: str
    sure: str
    read: str

    def applies(self, facts: Facts) -> bool:
        return all(_holds(facts[name], wanted) for name, wanted in self.when.items())

    def lacks(self, facts: Facts) -> Sequence[str]:
        """The facts that decide whether it applies and are not known; () where it does not."""
        unknown = [name for name in self.when if facts[name] is None]
        known = {name: wanted for name, wanted in self.when.items() if name not in unknown}
        applicable = all(_holds(facts[name], wanted) for name, wanted in known.items())
        return unknown if applicable else ()


@cache
def rules() -> Sequence[Rule]:
    with _FILE.open("rb") as file:
        return [_rule(row) for row in tomllib.load(file)["rule"]]


def facts_of(workload: Workload) -> dict[str, Fact]:
    return {
        "traffic": workload.traffic,
        "package": workload.package,
        "pattern": workload.when.pattern if workload.when else None,
        "types": len(workload.types) if workload.types else None,
        "models": workload.models,
        "wait_minutes": workload.wait / MINUTE if workload.wait is not None else None,
        "payload_mb": workload.payload_mb,
        "longest_minutes": workload.longest / MINUTE if workload.longest is not None else None,
        "kind": None,  # the choices that are made so far
        "fleet": None,
        "off_hours": None,
    }


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        row["name"],
        row["when"],
        row.get("for"),
        row.get("against", ()),
        *(row[key] for key in ("because", "source", "sure", "read")),
    )


def _holds(fact: Fact, wanted: Any) -> bool:
    """`wanted` are values, or a number that the fact is above or below. Not known holds never."""
    if isinstance(wanted, list):
        return fact in wanted
    if not isinstance(fact, int | float):
        return False
    return bool(
        fact > wanted.get("above", float("-inf")) and fact < wanted.get("below", float("inf"))
    )

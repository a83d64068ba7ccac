"""The price of an instance type in a region, or the reason why there is none.

`shipped.csv` has what readers of AWS's price list of SageMaker have published of it. `listed_as` is
the use that the list gives the price for: Host is a real-time endpoint. AsyncInf and Tsform (batch
transform) cost the same wherever both were seen.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SHIPPED = Path(__file__).with_name("shipped.csv")
_USES = {
    "Host": "AWS's price list",
    "AsyncInf": "AWS's price list for asynchronous inference",
    "Tsform": "AWS's price list for batch transform",
}


@dataclass(frozen=True, slots=True)
class Price:
    """USD an hour of one instance in service, on demand; `basis` says where it comes from."""

    usd_per_hour: float
    basis: str


@dataclass(frozen=True, slots=True)
class NoPrice:
    """Why no price is known, and how to name one."""

    reason: str


type Key = tuple[str, str]  # region and instance type
type Prices = Mapping[Key, Price]


@cache
def shipped() -> Prices:
    with _SHIPPED.open(encoding="utf-8") as lines:
        return {(row["region"], row["instance_type"]): _price(row) for row in csv.DictReader(lines)}


def price(instance_type: str, region: str, prices: Prices | None = None) -> Price | NoPrice:
    """`prices` are those of the user's own file, which come before the shipped ones."""
    key = (region, instance_type)
    known = {**shipped(), **(prices or {})}
    return known.get(key) or NoPrice(_reason(instance_type, region, known))


def _price(row: Mapping[str, str]) -> Price:
    basis = f"{_USES[row['listed_as']]}, {row['region']}, read {row['read']}, not verified"
    return Price(float(row["usd_per_hour"]), basis)


def _reason(instance_type: str, region: str, known: Iterable[Key]) -> str:
    elsewhere = ", ".join(sorted(where for where, name in known if name == instance_type))
    hint = f"; there is one for {elsewhere}" if elsewhere else ""
    return f"no price of {instance_type} in {region} is known here{hint}; name yours by --prices"

"""Reads `--prices FILE`: the columns of the shipped table, or AWS's price list as AWS gives it.

AWS gives it as the answer of `aws pricing get-products`, where each product is a text of JSON, and
as the file of a region, which has products and terms apart.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from lowtide_cli.prices.table import Key, Price, Prices

# For example `EUC1-Host:ml.g6.2xlarge`; GovCloud's is `UGW1-Hosting:...`.
_HOSTING = re.compile(r"(?:.*-)?Host(?:ing)?:(ml\.[a-z0-9-]+\.[a-z0-9]+)")
_COLUMNS = ("region", "instance_type", "usd_per_hour")


class PriceFileError(ValueError):
    """The file has no prices that can be read; says what it should hold."""


def read(path: Path) -> Prices:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read: {error}"
        raise PriceFileError(msg) from error
    rows = _of_aws(text, path) if text.lstrip().startswith("{") else _of_columns(text, path)
    prices = {key: Price(usd, f"{path.name}, {key[0]}") for key, usd in rows}
    if not prices:
        msg = f"{path}: no price of a real-time endpoint (usage type Host) is in it"
        raise PriceFileError(msg)
    return prices


def _of_columns(text: str, path: Path) -> Iterator[tuple[Key, float]]:
    rows = csv.DictReader(StringIO(text))
    if missing := set(_COLUMNS) - set(rows.fieldnames or ()):
        msg = f"{path}: no column {', '.join(sorted(missing))}; expected {','.join(_COLUMNS)}"
        raise PriceFileError(msg)
    for row in rows:
        usd = _number(row["usd_per_hour"])
        if usd is None:
            msg = f"{path}:{rows.line_num}: usd_per_hour: {row['usd_per_hour']!r} is no price"
            raise PriceFileError(msg)
        yield (row["region"], row["instance_type"]), usd


def _of_aws(text: str, path: Path) -> Iterator[tuple[Key, float]]:
    try:
        products = list(_products(json.loads(text)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"{path}: is not AWS's price list: {error!r}"
        raise PriceFileError(msg) from error
    for attributes, terms in products:
        hosting = _HOSTING.fullmatch(attributes.get("usagetype", ""))
        usd = _usd(terms) if hosting else None
        if hosting and usd is not None:
            yield (attributes["regionCode"], hosting[1]), usd


def _products(document: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, str], Any]]:
    """Yields the attributes of each product, and its terms on demand."""
    if "PriceList" in document:
        for product in map(json.loads, document["PriceList"]):
            yield product["product"]["attributes"], product["terms"].get("OnDemand", {})
        return
    on_demand = document["terms"]["OnDemand"]
    for sku, product in document["products"].items():
        yield product["attributes"], on_demand.get(sku, {})


def _usd(terms: Mapping[str, Any]) -> float | None:
    """Returns the price of an hour, or None for one that is free: a free tier has no other use."""
    found = (_number(each["pricePerUnit"].get("USD")) for each in _dimensions(terms.values()))
    return next((usd for usd in found if usd is not None), None)


def _dimensions(terms: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for term in terms:
        yield from (each for each in term["priceDimensions"].values() if each["unit"] == "Hrs")


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None

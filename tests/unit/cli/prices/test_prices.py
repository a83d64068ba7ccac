"""What an hour costs, or why that is not known."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import create_loader

from lowtide_cli.prices.price_file import PriceFileError, read
from lowtide_cli.prices.table import NoPrice, Price, price, shipped

HEADER = "region,instance_type,usd_per_hour\n"


def product(usage: str, usd: str, region: str = "eu-central-1", unit: str = "Hrs") -> Any:
    dimension = {"unit": unit, "pricePerUnit": {"USD": usd}}
    return {
        "product": {"attributes": {"usagetype": usage, "regionCode": region}},
        "terms": {"OnDemand": {"term": {"priceDimensions": {"rate": dimension}}}},
    }


PRODUCTS = [
    product("EUC1-Host:ml.g6.2xlarge", "1.5"),
    product("EUC1-Train:ml.g6.2xlarge", "9"),
    product("EUC1-Host:ml.m.xlarge-HostingParent", "9"),
    product("EUC1-Host:ml.g5.xlarge", "0.0000000000"),
    product("EUC1-Host:ml.g5.2xlarge", "7", unit="GB"),
    product("UGW1-Hosting:ml.g5.24xlarge", "12.5", "us-gov-west-1"),
]
ANSWER = json.dumps({"PriceList": [json.dumps(each) for each in PRODUCTS]})
BY_SKU = {str(sku): each for sku, each in enumerate(PRODUCTS)}
OF_A_REGION = json.dumps(
    {
        "products": {sku: each["product"] for sku, each in BY_SKU.items()},
        "terms": {"OnDemand": {sku: each["terms"]["OnDemand"] for sku, each in BY_SKU.items()}},
    }
)


def saved(folder: Path, text: str) -> Path:
    file = folder / "prices"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ANSWER, id="the answer of get-products"),
        pytest.param(OF_A_REGION, id="the price list of a region"),
        pytest.param(
            HEADER + "eu-central-1,ml.g6.2xlarge,1.5\nus-gov-west-1,ml.g5.24xlarge,12.5\n",
            id="columns",
        ),
    ],
)
def test_a_file_has_the_prices_of_real_time_endpoints(tmp_path: Path, text: str) -> None:
    prices = read(saved(tmp_path, text))
    assert {key: each.usd_per_hour for key, each in prices.items()} == {
        ("eu-central-1", "ml.g6.2xlarge"): 1.5,
        ("us-gov-west-1", "ml.g5.24xlarge"): 12.5,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("type,usd\n", "no column instance_type, region, usd_per_hour", id="columns"),
        pytest.param(HEADER + "eu-west-1,ml.g5.xlarge,1 USD\n", ":2: .*'1 USD' is no", id="a word"),
        pytest.param(HEADER + "eu-west-1,ml.g5.xlarge,-1\n", "'-1' is no price", id="below zero"),
        pytest.param(HEADER + "eu-west-1,ml.g5.xlarge\n", "None is no price", id="a short line"),
        pytest.param(HEADER, "no price of a real-time", id="no line"),
        pytest.param("", "no column", id="nothing"),
        pytest.param('{"a": 1}', "is not AWS's price list", id="other JSON"),
        pytest.param('{"PriceList": [', "is not AWS's price list", id="half of it"),
        pytest.param('{"PriceList": []}', "no price of a real-time", id="an empty answer"),
    ],
)
def test_a_file_without_prices_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PriceFileError, match=said):
        read(saved(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PriceFileError, match="cannot be read"):
        read(tmp_path / "none.csv")


def test_the_users_price_comes_first() -> None:
    mine = {("us-east-1", "ml.g6.2xlarge"): Price(0.9, "mine")}
    assert price("ml.g6.2xlarge", "us-east-1", mine) == Price(0.9, "mine")
    assert price("ml.g6e.2xlarge", "us-east-1", mine) == price("ml.g6e.2xlarge", "us-east-1")


def test_without_a_price_the_reason_names_where_there_is_one() -> None:
    assert price("ml.g4dn.2xlarge", "sa-east-1") == NoPrice(
        "no price of ml.g4dn.2xlarge in sa-east-1 is known here; there is one for eu-west-3, "
        "us-east-1; name yours by --prices"
    )


def test_the_shipped_table_is_of_types_and_regions_that_exist_and_is_dated() -> None:
    model = create_loader().load_service_model("sagemaker", "service-2")
    types = set(model["shapes"]["ProductionVariantInstanceType"]["enum"])
    assert {name for _, name in shipped()} - types == set()
    assert all(re.fullmatch(r"[a-z]{2}-[a-z]+-\d", region) for region, _ in shipped())
    assert all(re.search(r"read 20\d\d", each.basis) for each in shipped().values())
    assert all(0 < each.usd_per_hour < 200 for each in shipped().values())

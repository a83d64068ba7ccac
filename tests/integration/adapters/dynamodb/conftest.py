"""A table like the template's, and what is stored in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.history.entry import Entry
from lowtide.domain.schedule.override import Override
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide_workbench.aws.protocol.botocore_speed import clients_made_quickly

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
NAME = "my-endpoint"
SNAPSHOT = Snapshot(
    taken_at=NOW,
    config_name="config",
    tags={"team": "voice"},
    scaling=Scaling(
        targets=({"ResourceId": f"endpoint/{NAME}/variant/AllTraffic", "MaxCapacity": 6},),
        policies=(
            {"PolicyName": "follow", "ResourceId": "r", "C": {"TargetValue": 7.5, "Off": False}},
        ),
    ),
)
OVERRIDE = Override(awake=True, until=NOW + timedelta(hours=2), reason="a test", by="ann")


def create_table() -> "Table":
    return boto3.resource("dynamodb").create_table(
        TableName="lowtide",
        KeySchema=[
            {"AttributeName": "endpoint", "KeyType": "HASH"},
            {"AttributeName": "item", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "endpoint", "AttributeType": "S"},
            {"AttributeName": "item", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def table() -> Iterator["Table"]:
    with mock_aws(), clients_made_quickly():
        yield create_table()


@pytest.fixture
def store(table: "Table") -> Store:
    return Store(table)


def entry(minute: int, step: str = "Create") -> Entry:
    return Entry(NOW + timedelta(minutes=minute), step, f"reason {minute}", f"outcome {minute}")

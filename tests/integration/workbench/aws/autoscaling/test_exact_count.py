"""What target tracking makes of the exact figure, and of the weighted one, over a true fleet."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.endpoint.metering import Capacities, Metering, MetricName
from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide.domain.load.load_metrics import LoadMetrics
from lowtide.domain.load.reading import Series
from lowtide.domain.load.variant_load import variant_load
from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.fleet.pools import Drought
from tests.integration.workbench.aws.conftest import NAME, POOLS, START, Account

TYPES = [str(pool["InstanceType"]) for pool in POOLS]
METERING = Metering(Capacities({TYPES[0]: 10, TYPES[1]: 20}, TYPES[0]), target=0.7)
GOAL = 0.7 * 10
# Long enough for two instances of the fallback to be found first.
DRY = Drought(START.timestamp(), START.timestamp() + 1_200)


@pytest.fixture
def account(open_account: Any) -> Account:
    account: Account = open_account(CloudSettings(droughts={TYPES[0]: [DRY]}))
    account.configure(count=2)
    account.create()
    account.wait(minutes=30)
    assert live(account) == (0, 2)
    return account


def live(account: Account) -> tuple[int, ...]:
    (variant,) = account.described["ProductionVariants"]
    counts = {p["InstanceType"]: p["CurrentInstanceCount"] for p in variant["InstancePools"]}
    return tuple(counts.get(each, 0) for each in TYPES)


def concurrency(account: Account, instance_type: str, now: datetime) -> Series:
    dimensions = {
        "EndpointName": NAME,
        "VariantName": "AllTraffic",
        "InstanceType": instance_type,
    }
    found = account.cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="ConcurrentRequestsPerModel",
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
        Period=60,
        Statistics=["Average"],
    )
    return {point["Timestamp"]: point["Average"] for point in found["Datapoints"]}


def figures(account: Account, now: datetime) -> LoadMetrics | None:
    seen, counts = account.described, live(account)
    pools = tuple(Pool(*each) for each in zip(TYPES, counts, strict=True))
    variant = Variant("AllTraffic", pools)
    status, modified = Status(seen["EndpointStatus"]), seen["LastModifiedTime"]
    endpoint = Endpoint(NAME, status, modified_at=modified, variants=(variant,))
    series = {each: concurrency(account, each, now) for each in TYPES}
    found = variant_load(endpoint, variant, METERING, series, now)
    return found if isinstance(found, LoadMetrics) else None


def follow(account: Account, figure: MetricName) -> None:
    def publish(now: datetime) -> None:
        found = figures(account, now)
        if found is not None:
            account.put(found.values()[figure], at=now)

    account.cloud.every(timedelta(minutes=1), publish)
    account.register(1, 10)
    account.track(goal=GOAL, ScaleInCooldown=300, ScaleOutCooldown=60)


def hold(account: Account, streams: int) -> None:
    """Calls that last for hours."""
    at = account.cloud.clock.seconds() + 1
    account.cloud.traffic(NAME, [(at, 36_000)] * streams)


def keep_up(account: Account, streams: int) -> None:
    """So many calls at any time, each a minute long."""
    begin = account.cloud.clock.seconds() + 1
    account.cloud.traffic(NAME, [(begin + n * 60 / streams, 60) for n in range(streams * 120)])


def counts_over(account: Account, minutes: int) -> Iterable[int]:
    """The desired counts, in the order in which they came."""
    seen = [account.desired]
    for _ in range(minutes):
        account.wait(minutes=1)
        if account.desired != seen[-1]:
            seen.append(account.desired)
    return seen


@pytest.mark.parametrize(
    ("figure", "counts"),
    [
        pytest.param(MetricName.EXACT, [2, 4], id="exact: two of the small first pool, at once"),
        pytest.param(
            MetricName.WEIGHTED, [2, 3, 4], id="weighted: as if they were large, then again"
        ),
    ],
)
def test_out_of_a_fallback_that_is_full(
    account: Account, figure: MetricName, counts: list[int]
) -> None:
    """38 streams on 2 x 20: at 70 % they need 54, and the first pool brings 10 each."""
    follow(account, figure)
    hold(account, 38)
    assert counts_over(account, 20) == counts
    assert live(account) == (2, 2)


@pytest.mark.parametrize(
    ("figure", "lowest"),
    [
        pytest.param(MetricName.EXACT, 3, id="exact: one large fallback goes, and the other stays"),
        pytest.param(MetricName.WEIGHTED, 2, id="weighted: both go, and what is left is too full"),
    ],
)
def test_into_a_first_pool_that_is_smaller(
    account: Account, figure: MetricName, lowest: int
) -> None:
    """20 streams on 2 x 10 + 2 x 20: at 70 % they need 29, which two small ones are not."""
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=NAME,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 4}],
    )
    account.wait(minutes=15)
    assert live(account) == (2, 2)
    keep_up(account, 20)
    account.wait(minutes=6)
    follow(account, figure)
    counts = list(counts_over(account, 30))
    assert min(counts) == lowest
    assert (counts == [4, 3]) == (figure == MetricName.EXACT)

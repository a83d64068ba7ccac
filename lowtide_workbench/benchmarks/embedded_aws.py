"""The bench of the embedded AWS: virtual days with Lowtide's functions at every minute."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import boto3
import typer
from rich.console import Console

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.checkout import template

START = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday, 07:00 in New York
DAY = timedelta(days=1)
_STACK = "lowtide-bench"
_SETTLED = timedelta(minutes=15)
_CAPACITY = {"ml.g6.2xlarge": 10, "ml.g6e.2xlarge": 20}
_CALL_EACH_S = 120.0  # of one endpoint, so that fleets, alarms and scaling have work
_CALL_LASTS_S = 600.0


@dataclass(frozen=True, slots=True)
class Timing:
    endpoints: int
    virtual: timedelta
    real_s: float
    busy_s: float  # of the processor: what other programs do does not lengthen it

    @property
    def ratio(self) -> float:
        return self.virtual.total_seconds() / self.real_s

    @property
    def seconds_a_day(self) -> float:
        return DAY.total_seconds() / self.ratio


def bench_aws(
    endpoints: Annotated[
        list[int] | None, typer.Option(min=1, help="How many endpoints; may be repeated.")
    ] = None,
    hours: Annotated[float, typer.Option(min=0.1, max=24, help="Virtual hours to play.")] = 24,
) -> None:
    """Virtual days in the embedded AWS, with Lowtide's functions at every minute."""
    console = Console(highlight=False)
    console.print(f"{'':14}a day of 24 h   times real time   processor time of {hours:g} h")
    with TemporaryDirectory() as folder:
        for count in endpoints or (1, 10):
            timing = measure(count, timedelta(hours=hours), Path(folder))
            head = f"{count:,} endpoint{'s' * (count != 1)}"
            console.print(
                f"{head:14}{timing.seconds_a_day:11.1f} s{timing.ratio:18,.0f}"
                f"{timing.busy_s:21.1f} s"
            )


def measure(endpoints: int, virtual: timedelta, folder: Path) -> Timing:
    """`folder` receives the configuration file that the functions read."""
    with Cloud(START, CloudSettings(seed=1, capacity=_CAPACITY)) as cloud:
        _prepare(cloud, endpoints, virtual, folder)
        began, busy = time.perf_counter(), time.process_time()
        cloud.advance(cloud.clock.now() + virtual)
        real_s, busy_s = time.perf_counter() - began, time.process_time() - busy
        return Timing(endpoints, virtual, real_s, busy_s)


def _prepare(cloud: Cloud, endpoints: int, virtual: timedelta, folder: Path) -> None:
    names = [f"endpoint-{number}" for number in range(endpoints)]
    _create(names)
    cloud.advance(START + _SETTLED)
    for number, name in enumerate(names):
        begin = cloud.clock.seconds() + number
        count = int(virtual.total_seconds() / _CALL_EACH_S)
        cloud.traffic(name, [(begin + n * _CALL_EACH_S, _CALL_LASTS_S) for n in range(count)])
    config = folder / "endpoints.yaml"
    config.write_text(_config(names), encoding="utf-8")
    Stack.deploy(cloud, template(), config_path=config, name=_STACK)


def _create(names: list[str]) -> None:
    sagemaker: Any = boto3.client("sagemaker")
    sagemaker.create_model(ModelName="model", ExecutionRoleArn="arn:aws:iam::123456789012:role/r")
    sagemaker.create_endpoint_config(
        EndpointConfigName="config",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": "model",
                "InitialInstanceCount": 2,
                "InstancePools": [
                    {"InstanceType": instance_type, "Priority": priority}
                    for priority, instance_type in enumerate(_CAPACITY, start=1)
                ],
            }
        ],
    )
    for name in names:
        sagemaker.create_endpoint(
            EndpointName=name,
            EndpointConfigName="config",
            Tags=[{"Key": "lowtide:stack", "Value": _STACK}],
        )


def _config(names: list[str]) -> str:
    """Asleep at night, so that a day has a wake and a sleep in it."""
    capacity = ", ".join(f"{name}: {streams}" for name, streams in _CAPACITY.items())
    entries = "".join(
        f"  - name: {name}\n    schedule: day\n    config: config\n"
        f"    scaling: {{capacity: {{{capacity}}}, min: 1, max: 4, target: 0.7}}\n"
        for name in names
    )
    return (
        "timezone: America/New_York\n"
        'schedules: {day: {windows: [{start: "0 8 * * *", stop: "0 20 * * *"}]}}\n'
        f"endpoints:\n{entries}"
    )

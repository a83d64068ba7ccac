"""What an existing endpoint shows of its workload. Calls that only read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from lowtide.adapters.aws_errors import translated
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint import Endpoint, Kind, Status
from lowtide_cli.advise.traffic import Traffic, read_traffic
from lowtide_cli.advise.workload import Workload

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sagemaker import SageMakerClient

SPAN = timedelta(days=14)


class NotThereError(Exception):
    """No endpoint has this name."""


@dataclass(frozen=True, slots=True)
class Observed:
    """`workload` has what the endpoint shows; the rest of it is not known."""

    workload: Workload
    region: str
    lines: Sequence[str]

    def completing(self, given: Workload) -> Workload:
        """Returns `given`, with what was seen where the options say nothing."""
        seen = self.workload
        return replace(
            given,
            traffic=given.traffic or seen.traffic,
            package=given.package or seen.package,
            when=given.when or seen.when,
            types=given.types or seen.types,
        )


def observe(name: str, profile: str | None, region: str | None) -> Observed:
    """Raises NotThereError, or AwsError where a call is denied or there is no region."""
    retries = Config(retries={"mode": "standard"})
    with translated():
        session = boto3.Session(profile_name=profile, region_name=region)
        sagemaker = session.client("sagemaker", config=retries)
        cloudwatch = session.client("cloudwatch", config=retries)
    endpoint = Endpoints(sagemaker).observe(name)
    if endpoint.status is Status.ABSENT:
        msg = f"no endpoint is called {name!r} in {session.region_name}"
        raise NotThereError(msg)
    return _observed(endpoint, sagemaker, cloudwatch, session.region_name)


def _observed(
    endpoint: Endpoint, sagemaker: SageMakerClient, cloudwatch: CloudWatchClient, region: str
) -> Observed:
    config = Endpoints(sagemaker).config(endpoint.config_name)
    types = [each for of_variant in config.types.values() for each in of_variant]
    packages = {_package(sagemaker, model, endpoint.account) for model in config.models}
    traffic = read_traffic(cloudwatch, endpoint, SPAN)
    workload = Workload(
        traffic="jobs" if Kind.ASYNCHRONOUS in endpoint.kinds else traffic.kind,
        package=packages.pop() if len(packages) == 1 else None,
        when=traffic.when,
        types=dict.fromkeys(types) or None,
    )
    return Observed(workload, region, [*_lines(endpoint, workload, traffic)])


def _package(client: SageMakerClient, model: str, account: str) -> str:
    """A package of another account comes from the Marketplace, or is shared with this one."""
    with translated():
        description = client.describe_model(ModelName=model)
    containers = [description.get("PrimaryContainer", {}), *description.get("Containers", [])]
    names = [each.get("ModelPackageName", "") for each in containers]
    if any("deepgram" in name.lower() for name in names):
        return "deepgram"
    foreign = any(name.startswith("arn:") and f":{account}:" not in name for name in names)
    return "marketplace" if foreign else "own"


def _lines(endpoint: Endpoint, workload: Workload, traffic: Traffic) -> Iterator[str]:
    kinds = ", ".join(sorted(endpoint.kinds)) or "real-time"
    counts = [
        f"{count} {name}"
        for variant in endpoint.variants
        for name, count in variant.live_by_type.items()
    ]
    yield f"{endpoint.name}: {kinds}, {endpoint.reported}, {', '.join(counts) or 'no instance'}"
    yield f"its model: {workload.package or 'of several origins'}"
    yield from traffic.lines
    yield "the sizes of requests: SageMaker publishes none; name the largest by --payload"

"""Observes one variant of an endpoint in service, by four kinds of calls that only read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lowtide.adapters.aws_errors import translated
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint import Endpoint, Kind, Status, Variant
from lowtide.domain.errors import AbsentError
from lowtide_cli.verify import cloudwatch
from lowtide_cli.verify.cloudwatch import DimensionSet, ListedSets, Points
from lowtide_cli.verify.observation import Group, Readings

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sagemaker import SageMakerClient

DEFAULT_EVERY_S = 10
LONGEST_EVERY_S = 60
LATENESS = timedelta(minutes=2)  # what CloudWatch may take to show a minute whole
SETTLING = timedelta(minutes=2)  # until every instance of a change reports
_MINUTE = timedelta(minutes=1)


class InvalidQueryError(ValueError):
    """There is no such endpoint or variant, or it has no instances; says what would be valid."""


class NotReadyError(Exception):
    """The endpoint cannot be observed at the moment; says why."""


@dataclass(frozen=True, slots=True)
class Query:
    endpoint: str
    variant: str | None
    span: timedelta


@dataclass(frozen=True, slots=True)
class Observation:
    endpoint: Endpoint
    variant: Variant
    readings: Readings
    listed: frozenset[DimensionSet]
    every_s: int
    left_out: int  # minutes in which instances came or went, or reported not all yet


def probe(sagemaker: SageMakerClient, cloudwatch_: CloudWatchClient, query: Query) -> Observation:
    endpoint = Endpoints(sagemaker).observe(query.endpoint)
    _refuse_other_kinds(endpoint)
    variant = _variant(endpoint, query.variant)
    every_s = _every_s(sagemaker, endpoint.config_name)
    listed = cloudwatch.listed_sets(cloudwatch_, endpoint.name)
    wanted = [_dimensions(endpoint, variant, type_) for type_ in (None, *_by_type(variant))]
    first = listed.at - LATENESS - query.span
    points = cloudwatch.points(cloudwatch_, wanted, _floor(first), _floor(listed.at - LATENESS))
    minutes = _settled(endpoint, query.span, listed)
    groups = [_group(*each, listed) for each in zip(wanted, _counts(variant), points, strict=True)]
    rate_observed = max((_rate(each, minute) for each in points for minute in minutes), default=0)
    readings = Readings(groups[0], tuple(groups[1:]), minutes, 60 // every_s, rate_observed)
    left_out = query.span // _MINUTE - len(minutes)
    return Observation(endpoint, variant, readings, listed.sets, every_s, left_out)


def _refuse_other_kinds(endpoint: Endpoint) -> None:
    if endpoint.status is Status.ABSENT:
        msg = f"no endpoint is called {endpoint.name!r} in this account and region"
        raise InvalidQueryError(msg)
    if Kind.SERVERLESS in endpoint.kinds:
        msg = f"{endpoint.name} is serverless: it has no instances to count"
        raise InvalidQueryError(msg)
    if endpoint.status is not Status.IN_SERVICE:
        msg = f"{endpoint.name} is {endpoint.reported}: run it again when it is InService"
        raise NotReadyError(msg)


def _variant(endpoint: Endpoint, name: str | None) -> Variant:
    names = ", ".join(variant.name for variant in endpoint.variants)
    if name is None and len(endpoint.variants) > 1:
        msg = f"{endpoint.name} has several variants: say --variant, one of {names}"
        raise InvalidQueryError(msg)
    matching = [variant for variant in endpoint.variants if name in (None, variant.name)]
    if not matching:
        msg = f"--variant: {endpoint.name} has no variant {name!r}; valid are {names}"
        raise InvalidQueryError(msg)
    if not matching[0].live:
        msg = f"{matching[0].name} has no instance in service"
        raise NotReadyError(msg)
    return matching[0]


def _every_s(client: SageMakerClient, config_name: str) -> int:
    """Returns the seconds between two samples; only enhanced metrics may have another number."""
    try:
        with translated():
            config = client.describe_endpoint_config(EndpointConfigName=config_name)
    except AbsentError:
        return DEFAULT_EVERY_S
    metrics = config.get("MetricsConfig", {})
    if not metrics.get("EnableEnhancedMetrics"):
        return DEFAULT_EVERY_S
    every_s = metrics.get("MetricPublishFrequencyInSeconds", DEFAULT_EVERY_S)
    if every_s > LONGEST_EVERY_S:
        msg = (
            f"the endpoint publishes every {every_s} seconds, and Lowtide reads minutes: "
            "take a MetricPublishFrequencyInSeconds of 60 or less"
        )
        raise NotReadyError(msg)
    return every_s


def _by_type(variant: Variant) -> Mapping[str, int]:
    return variant.live_by_type if variant.pooled else {}


def _counts(variant: Variant) -> Sequence[tuple[str | None, int]]:
    return [(None, variant.live), *_by_type(variant).items()]


def _dimensions(endpoint: Endpoint, variant: Variant, type_: str | None) -> Mapping[str, str]:
    whole = {"EndpointName": endpoint.name, "VariantName": variant.name}
    return whole | {"InstanceType": type_} if type_ else whole


def _group(
    dimensions: Mapping[str, str], count: tuple[str | None, int], points: Points, listed: ListedSets
) -> Group:
    known = bool(points.minutes) or frozenset(dimensions.items()) in listed.sets
    return Group(*count, known, points.minutes)


def _settled(endpoint: Endpoint, span: timedelta, listed: ListedSets) -> tuple[datetime, ...]:
    """Returns the whole minutes since the number of instances last changed."""
    end = _floor(listed.at - LATENESS)
    begin = _floor(listed.at - LATENESS - span)
    if endpoint.modified_at is not None:
        begin = max(begin, _floor(endpoint.modified_at + SETTLING) + _MINUTE)
    return tuple(begin + index * _MINUTE for index in range(max(0, (end - begin) // _MINUTE)))


def _rate(points: Points, minute: datetime) -> int:
    return sum(minute <= at < minute + _MINUTE for at in points.fine)


def _floor(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)

"""One step of the publisher: figures of every variant whose load can be read, and why not else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from math import isfinite

from lowtide.adapters.cloudwatch import Metrics, Point, Source, Statistic, sources
from lowtide.domain.endpoint.metering import Metering
from lowtide.domain.endpoint.observed import SERVING, Endpoint, Variant
from lowtide.domain.errors import AwsError
from lowtide.domain.load.figures import Figures
from lowtide.domain.load.no_data import WHOLE, long_silence, misread
from lowtide.domain.load.reading import (
    NOT_IN_SERVICE,
    NOT_PUBLISHED,
    MissingReading,
    Series,
    missing_because_of,
)
from lowtide.domain.load.variant_load import load
from lowtide.workflows.publisher.observe import Observed

type Answers = Mapping[tuple[str, str], Mapping[str, Series | AwsError]]
"""By endpoint and variant, then by instance type."""


@dataclass(frozen=True, slots=True)
class Published:
    """Of one endpoint's variant; the variant is empty where the endpoint itself had no reading."""

    endpoint: str
    variant: str
    outcome: Figures | MissingReading


def publish(
    observed: Iterable[Observed], metrics: Metrics, now: datetime, at: datetime
) -> tuple[Published, ...]:
    """What can be told `now`, published for the instant `at`."""
    wanted = tuple(observed)
    answers = _answers(metrics.answers([s for each in wanted for s in _sources(each)], now))
    told = [(each.metering, one) for each in wanted for one in _told(each, answers, now)]
    points = [list(_points(metering, one)) for metering, one in told]
    failed = metrics.publish(chain.from_iterable(points), at)
    return tuple(
        _less_failed(one, some, failed) for (_, one), some in zip(told, points, strict=True)
    )


def _sources(observed: Observed) -> Iterator[Source]:
    if isinstance(observed.endpoint, MissingReading):
        return
    metering = observed.metering
    statistic: Statistic = "Sum" if metering.reading.total == "sum" else "Average"
    wanted = [*sources(observed.endpoint), *_wholes(observed.endpoint, metering)]
    for source in dict.fromkeys(wanted):  # a type may stand in two pools
        yield replace(source, period_s=metering.resolution, statistic=statistic)


def _wholes(endpoint: Endpoint, metering: Metering) -> Iterator[Source]:
    """Where idle is silent, only the variant as a whole tells types that are idle from types
    that are asked for by a wrong dimension."""
    if metering.reading.idle == "silent":
        for variant in endpoint.variants:
            if variant.pooled and variant.live:
                yield Source(endpoint.name, variant.name, WHOLE, pooled=False)


def _answers(by_source: Mapping[Source, Series | AwsError]) -> Answers:
    found: defaultdict[tuple[str, str], dict[str, Series | AwsError]] = defaultdict(dict)
    for source, answer in by_source.items():
        found[source.endpoint, source.variant][source.instance_type] = answer
    return found


def _told(observed: Observed, answers: Answers, now: datetime) -> Iterator[Published]:
    endpoint = observed.endpoint
    if isinstance(endpoint, MissingReading):
        yield Published(observed.name, "", endpoint)
        return
    if not endpoint.variants:
        yield Published(observed.name, "", _without_variants(endpoint))
    if observed.unordered:
        yield Published(observed.name, "", observed.unordered)
    for variant in endpoint.variants:
        found = answers.get((endpoint.name, variant.name), {})
        yield Published(
            endpoint.name, variant.name, _outcome(endpoint, variant, observed, found, now)
        )


def _without_variants(endpoint: Endpoint) -> MissingReading:
    code = "no-instances" if endpoint.status in SERVING else NOT_IN_SERVICE
    return MissingReading(
        code, f"the endpoint is {endpoint.status}, and SageMaker shows no variant"
    )


def _outcome(
    endpoint: Endpoint,
    variant: Variant,
    observed: Observed,
    found: Mapping[str, Series | AwsError],
    now: datetime,
) -> Figures | MissingReading:
    series: dict[str, Series] = {}
    for instance_type, answer in found.items():
        if isinstance(answer, AwsError):
            return missing_because_of(answer)
        series[instance_type] = answer
    if fault := misread(series):
        return fault
    try:
        outcome = load(endpoint, variant, observed.metering, series, now)
    except Exception as error:  # whatever it is, the other endpoints must not wait for it
        return missing_because_of(error)
    if isinstance(outcome, MissingReading):
        silent = long_silence(endpoint, variant, series, now) if outcome.code == "no-data" else None
        return silent or outcome
    if all(map(isfinite, outcome.values().values())):
        return outcome
    return MissingReading("not-finite", f"CloudWatch takes none of {outcome}")


def _points(metering: Metering, published: Published) -> Iterator[Point]:
    if isinstance(published.outcome, MissingReading):
        return
    for figure, value in published.outcome.values().items():
        if figure in metering.figures:
            yield Point(published.endpoint, published.variant, figure, value, metering.resolution)


def _less_failed(
    published: Published, points: Sequence[Point], failed: Mapping[Point, AwsError]
) -> Published:
    """What did not reach CloudWatch is not published."""
    error = next((failed[point] for point in points if point in failed), None) if failed else None
    if error is None:
        return published
    why = missing_because_of(error)
    return replace(published, outcome=MissingReading(NOT_PUBLISHED, f"{why.code}: {why.reason}"))

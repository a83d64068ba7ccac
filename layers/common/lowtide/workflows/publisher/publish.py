"""Reads the load of observed endpoints, and publishes the metrics of one instant."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from lowtide.adapters.cloudwatch import (
    Metrics,
    Point,
    Source,
    Statistic,
    backlog_source,
    sources,
)
from lowtide.domain.endpoint import SERVING, Endpoint, Kind, Metering, MetricName, Variant
from lowtide.domain.errors import AwsError
from lowtide.domain.load import (
    BACKLOG,
    NOT_IN_SERVICE,
    NOT_PUBLISHED,
    OLDEST,
    WHOLE_VARIANT,
    BacklogMetrics,
    LoadMetrics,
    MissingReading,
    Series,
    backlog_load,
    missing_because_of,
    variant_load,
)
from lowtide.workflows.publisher.observe import Observed

type Answers = Mapping[tuple[str, str], Mapping[str, Series | AwsError]]
"""By endpoint and variant, then by instance type; those of a backlog by "" and by metric."""
type Outcome = LoadMetrics | BacklogMetrics | MissingReading


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What was published of a variant, or why nothing was.

    `variant` is empty where the reason is one of the endpoint.
    """

    endpoint: str
    variant: str
    outcome: Outcome


def publish(
    observed: Sequence[Observed], metrics: Metrics, now: datetime, at: datetime
) -> tuple[PublishResult, ...]:
    """Reads the load as of `now`, and publishes it with the timestamp `at`."""
    answers = _by_variant(metrics.answers([s for each in observed for s in _sources(each)], now))
    results = [(each, result) for each in observed for result in _results(each, answers, now)]
    points = [list(_points(each.metering, result)) for each, result in results]
    failed = metrics.publish(chain.from_iterable(points), at)
    return tuple(
        _without_failed(result, own_points, failed)
        for (_, result), own_points in zip(results, points, strict=True)
    )


def _sources(observed: Observed) -> Iterator[Source]:
    if isinstance(observed.endpoint, MissingReading):
        return
    metering = observed.metering
    if Kind.ASYNCHRONOUS in observed.endpoint.kinds:
        names = [BACKLOG, OLDEST] if MetricName.OLDEST in metering.metrics else [BACKLOG]
        yield from (backlog_source(observed.endpoint, name) for name in names)
        return
    statistic: Statistic = "Sum" if metering.reading.total == "sum" else "Average"
    wanted = [*sources(observed.endpoint), *_whole_variants(observed.endpoint, metering)]
    for source in dict.fromkeys(wanted):  # two pools may have the same type
        yield replace(source, period_s=metering.resolution, statistic=statistic)


def _whole_variants(endpoint: Endpoint, metering: Metering) -> Iterator[Source]:
    """The variants without InstanceType, where idle instances report nothing.

    Only these tell types that are idle from types that are read by wrong dimensions.
    """
    if metering.reading.idle == "silent":
        for variant in endpoint.variants:
            if variant.pooled and variant.live:
                yield Source(endpoint.name, variant.name, WHOLE_VARIANT, pooled=False)


def _by_variant(answers: Mapping[Source, Series | AwsError]) -> Answers:
    grouped: defaultdict[tuple[str, str], dict[str, Series | AwsError]] = defaultdict(dict)
    for source, answer in answers.items():
        key = source.instance_type if source.variant else source.metric
        grouped[source.endpoint, source.variant][key] = answer
    return grouped


def _results(observed: Observed, answers: Answers, now: datetime) -> Iterator[PublishResult]:
    endpoint = observed.endpoint
    if isinstance(endpoint, MissingReading):
        yield PublishResult(observed.name, "", endpoint)
        return
    if not endpoint.variants:
        code = "no-instances" if endpoint.status in SERVING else NOT_IN_SERVICE
        reason = f"the endpoint is {endpoint.status}, and SageMaker shows no variant"
        yield PublishResult(observed.name, "", MissingReading(code, reason))
    if observed.no_priorities:
        yield PublishResult(observed.name, "", observed.no_priorities)
    for variant in endpoint.variants:
        outcome = _outcome(endpoint, variant, observed.metering, answers, now)
        yield PublishResult(endpoint.name, variant.name, outcome)


def _outcome(
    endpoint: Endpoint, variant: Variant, metering: Metering, answers: Answers, now: datetime
) -> Outcome:
    """Of an asynchronous endpoint each variant has the metrics of the whole endpoint."""
    if Kind.ASYNCHRONOUS in endpoint.kinds:
        return _read(
            answers.get((endpoint.name, ""), {}),
            lambda series: backlog_load(endpoint, metering, series, now),
        )
    return _read(
        answers.get((endpoint.name, variant.name), {}),
        lambda series: variant_load(endpoint, variant, metering, series, now),
    )


def _read(
    answers: Mapping[str, Series | AwsError], load: Callable[[Mapping[str, Series]], Outcome]
) -> Outcome:
    """What `load` makes of the answers, or the first error."""
    series: dict[str, Series] = {}
    for key, answer in answers.items():
        if isinstance(answer, AwsError):
            return missing_because_of(answer)
        series[key] = answer
    try:
        return load(series)
    except Exception as error:  # whatever it is, the other endpoints are published
        return missing_because_of(error)


def _points(metering: Metering, result: PublishResult) -> Iterator[Point]:
    if isinstance(result.outcome, MissingReading):
        return
    for name, value in result.outcome.values().items():
        if name in metering.metrics:
            yield Point(result.endpoint, result.variant, name, value, metering.resolution)


def _without_failed(
    result: PublishResult, points: Sequence[Point], failed: Mapping[Point, AwsError]
) -> PublishResult:
    """`result`, or a missing reading where CloudWatch did not accept one of its points."""
    error = next((failed[point] for point in points if point in failed), None) if failed else None
    if error is None:
        return result
    cause = missing_because_of(error)
    return replace(result, outcome=MissingReading(NOT_PUBLISHED, f"{cause.code}: {cause.reason}"))

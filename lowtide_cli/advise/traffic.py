"""The hours of the last weeks in which an endpoint had requests, and the pattern in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from lowtide.adapters.aws_errors import translated
from lowtide_cli.advise.workload import HOUR, WEEK, When, parse_when
from lowtide_cli.verify.cloudwatch import NAMESPACE, listed_sets

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

    from lowtide.domain.endpoint import Endpoint

# What is read of each hour. Streams have no ModelLatency, but FirstChunkLatency.
_READ = {
    "requests": ("Invocations", "Sum"),
    "in_flight": ("ConcurrentRequestsPerModel", "Maximum"),
    "streams": ("FirstChunkLatency", "SampleCount"),
    "answers": ("ModelLatency", "SampleCount"),
    "processed": ("TotalProcessingTime", "SampleCount"),
}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_REGULAR = 0.5  # of the hours in a daily window have traffic: it is a schedule
_RARE = 0.25  # of all hours at most have traffic: bursts

type Hours = Mapping[str, Mapping[datetime, float]]


@dataclass(frozen=True, slots=True)
class Traffic:
    """`kind` and `when` are None where the metrics do not show them."""

    kind: str | None
    when: When | None
    lines: Sequence[str]


def read_traffic(client: CloudWatchClient, endpoint: Endpoint, span: timedelta) -> Traffic:
    end = _hour(listed_sets(client, endpoint.name).at)  # CloudWatch's own clock
    begin = max(end - span, _hour(endpoint.created_at or end - span))
    hours: dict[str, dict[datetime, float]] = {name: {} for name in _READ}
    for variant in endpoint.variants if begin < end else ():
        for name, points in _points(client, endpoint.name, variant.name, begin, end).items():
            for at, value in points.items():
                hours[name][at] = hours[name].get(at, 0) + value
    return judge(hours, begin, end)


def judge(hours: Hours, begin: datetime, end: datetime) -> Traffic:
    """No data in an hour is taken as no request: SageMaker publishes none without requests."""
    busy = {at for points in hours.values() for at, value in points.items() if value > 0}
    when = pattern(busy, end - begin)
    kind = "streams" if any(hours["streams"].values()) else None
    if kind is None and any(hours["answers"].values()):
        kind = "requests"
    return Traffic(kind, when, [*_lines(hours, busy, end - begin, when)])


def pattern(busy: Collection[datetime], span: timedelta) -> When | None:
    """None where a whole week was not seen, or no request."""
    if span < WEEK or not busy:
        return None
    if text := _daily_window(busy):
        return replace(parse_when(text), timezone="UTC")
    if len(busy) * HOUR / span > _RARE:
        return parse_when("always")
    runs = 1 + sum(later - earlier > HOUR for earlier, later in pairwise(sorted(busy)))
    weeks = span / WEEK
    return When("bursts", runs / weeks, len(busy) * HOUR / runs)


def _daily_window(busy: Collection[datetime]) -> str | None:
    """Returns hours in UTC such as `Mon-Fri 13:00-01:00`, or None where there are none. The window
    begins after the longest pause of the day, so it may go past midnight."""
    of_day = sorted({at.hour for at in busy})
    pauses = [(b - a, b) for a, b in pairwise([*of_day, of_day[0] + 24])]
    begin = max(pauses)[1] % 24
    shifted = [at - begin * HOUR for at in busy]
    length = max(at.hour for at in shifted) + 1
    days = sorted({at.weekday() for at in shifted})
    dates = {at.date() for at in shifted}
    if length == 24 or len(busy) < _REGULAR * length * len(dates) or len(dates) < 2 * len(days):
        return None
    named = ",".join(_DAYS[day] for day in days)
    return f"{named} {begin:02}:00-{(begin + length) % 24:02}:00"


def _lines(
    hours: Hours, busy: Collection[datetime], span: timedelta, when: When | None
) -> Iterator[str]:
    whole = span // HOUR
    requests, most = sum(hours["requests"].values()), max(hours["in_flight"].values(), default=None)
    if requests:
        yield f"{requests:,.0f} requests"
    if most is not None:
        yield f"at most {most:g} in flight on an instance"
    if whole:
        yield f"requests in {len(busy)} of {whole} hours, so {whole - len(busy)} hours idle"
    if when is not None and when.windows:
        start, stop = when.windows[0]
        yield f"its traffic lies within {start} to {stop} (cron, UTC)"
    if when is None:
        yield "when there is traffic: not clear; it takes a week with requests, or --when"


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _points(
    client: CloudWatchClient, endpoint: str, variant: str, begin: datetime, end: datetime
) -> Hours:
    points: dict[str, dict[datetime, float]] = {name: {} for name in _READ}
    with translated():
        pages = client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[*_queries(endpoint, variant)], StartTime=begin, EndTime=end
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                at = [each.astimezone(UTC) for each in result["Timestamps"]]
                points[result["Id"]].update(zip(at, result["Values"], strict=True))
    return points


def _queries(endpoint: str, variant: str) -> Iterator[MetricDataQueryTypeDef]:
    for name, (metric, statistic) in _READ.items():
        yield {
            "Id": name,
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": metric,
                    "Dimensions": [
                        {"Name": "EndpointName", "Value": endpoint},
                        {"Name": "VariantName", "Value": variant},
                    ],
                },
                "Period": 3600,
                "Stat": statistic,
            },
        }

"""The load metrics and the scaling that the file asks for."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from lowtide.config.cross_checked import CrossChecked
from lowtide.config.fields import GIVEN, Count, Duration, Entry, InstanceType, Share, Streams
from lowtide.config.floors_model import Floors, curve_settings
from lowtide.domain.endpoint import (
    COUNT_INSTANCES,
    FOLLOWED,
    Capacities,
    Idle,
    ManagedScaling,
    Metering,
    MetricName,
    Reading,
    ScalingPolicy,
)

type Metric = Literal["weighted", "exact"]

_PUBLISHED = Field(
    default=None,
    json_schema_extra={"uniqueItems": True},
    description="Metrics to publish, each about 0.30 USD a month for a variant; "
    "by default the one that scaling follows.",
)


class CooldownEntry(Entry):
    """How long scaling pauses after a change in each direction."""

    out: Duration = Field(default=timedelta(seconds=60), description="60s by default.")
    in_: Duration = Field(
        default=timedelta(seconds=300), alias="in", description="300s by default."
    )


class MetricsEntry(Entry):
    """What holds for the metrics of every endpoint of this account."""

    publish: Annotated[list[MetricName] | None, GIVEN] = _PUBLISHED
    metric: Metric = Field(default="weighted", description="What a mixed fleet follows by default.")
    idle: Idle = Field(
        default="zeros",
        description="What instances without streams report; `lowtide verify-metrics` finds out.",
    )
    total: Literal["average", "sum"] = Field(
        default="average",
        description="How streams are added up; `lowtide verify-metrics` says whether `sum` holds.",
    )


class ScalingEntry(CrossChecked):
    """How the load is measured, and the scaling that Lowtide manages if it has a min and a max."""

    capacity: dict[InstanceType, Streams] = Field(
        min_length=1,
        description="Most streams one instance of each type holds at acceptable latency.",
    )
    reference: Annotated[str | None, GIVEN] = Field(
        default=None,
        description="The type whose streams are the unit; otherwise the first of capacity.",
    )
    min: Annotated[Count | None, GIVEN] = Field(default=None, description="Fewest instances.")
    max: Annotated[Count | None, GIVEN] = Field(default=None, description="Most instances.")
    target: Annotated[Share | None, GIVEN] = Field(
        default=None, description="Share of the capacity to aim at, for example 0.75."
    )
    cooldown: Annotated[CooldownEntry | None, GIVEN] = Field(
        default=None, description="Pauses between changes."
    )
    metric: Annotated[Metric | None, GIVEN] = Field(
        default=None,
        description="What a mixed fleet follows: its load, or the count its pools need.",
    )
    fast_lane: bool = Field(
        default=False,
        strict=True,
        description="An alarm at 10 s that only adds instances; see docs/understand/scaling.md.",
    )
    floors: Annotated[Floors | None, GIVEN] = Field(
        default=None,
        description="`learned`: minimums by time of day from earlier weeks; or how they are.",
    )
    resolution: Annotated[Literal[60, 10] | None, GIVEN] = Field(
        default=None, description="Seconds between two points; 60 by default."
    )
    publish: Annotated[list[MetricName] | None, GIVEN] = _PUBLISHED

    @classmethod
    def conflicts(cls, valid: Mapping[str, Any], context: Any) -> Iterator[str]:  # noqa: ARG003
        yield from _range_errors(valid)
        if valid.get("fast_lane") and valid.get("resolution") == 60:
            yield "fast_lane needs a point every 10 seconds; leave resolution out, or give 10"
        reference, capacity = valid.get("reference"), valid.get("capacity", {})
        if reference is not None and capacity and reference not in capacity:
            yield f"reference {reference!r} has no capacity; valid are {', '.join(capacity)}"

    @property
    def _keeps_a_policy(self) -> bool:
        return None not in (self.min, self.max, self.target)

    def in_need_of_a_target(self, top: MetricsEntry) -> Collection[MetricName]:
        """Returns the metrics to publish that cannot be computed without a target."""
        return () if self.target is not None else COUNT_INSTANCES & self._metrics(top)

    def metering(self, top: MetricsEntry) -> Metering:
        return Metering(
            capacities=Capacities(self.capacity, self.reference or next(iter(self.capacity))),
            metrics=self._metrics(top),
            target=self.target,
            resolution=self.resolution or (10 if self.fast_lane else 60),
            reading=Reading(top.idle, top.total),
        )

    def managed(self, top: MetricsEntry) -> ManagedScaling | None:
        if self.min is None or self.max is None:
            return None
        floors = curve_settings(self.floors, self.min) if self.floors else None
        return ManagedScaling(self.min, self.max, self._policy(top), floors)

    def _policy(self, top: MetricsEntry) -> ScalingPolicy | None:
        if self.target is None:
            return None
        cooldown = self.cooldown or CooldownEntry()
        metric = self.metric or top.metric
        return ScalingPolicy(self.target, metric, cooldown.out, cooldown.in_, self.fast_lane)

    def _metrics(self, top: MetricsEntry) -> frozenset[MetricName]:
        """A fleet of one type needs none of Lowtide's: its policy follows SageMaker's own. Floors
        are learned from TotalStreams, and what came of them is told by WorstPoolUtilization."""
        followed = {FOLLOWED[self.metric or top.metric]}
        learned_from = {MetricName.STREAMS, MetricName.WORST_POOL} if self.floors else set()
        listed = self.publish if self.publish is not None else top.publish
        if listed is None:
            return frozenset(followed | learned_from)
        needed = self._keeps_a_policy and (self.fast_lane or len(self.capacity) > 1)
        return frozenset(listed) | (followed if needed else set()) | learned_from


def _range_errors(valid: Mapping[str, Any]) -> Iterator[str]:
    """Yields what is wrong with min, max and what needs them."""
    unknown = object()
    low, high = (valid.get(key, unknown) for key in ("min", "max"))
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield f"min {low} is more than max {high}"
    if unknown not in (low, high) and (low is None) != (high is None):
        has, lacks = ("min", "max") if high is None else ("max", "min")
        yield f"{has} without {lacks}; give both, or none where you register the target"
        return
    needs_policy = next(
        (key for key in ("cooldown", "fast_lane", "floors") if valid.get(key)), None
    )
    if needs_policy and None in (low, high, valid.get("target", unknown)):
        yield f"{needs_policy} needs min, max and target: without them Lowtide keeps no policy"

"""The load metrics and the scaling that the file asks for."""

from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lowtide.config.fields import GIVEN, Count, Duration, Entry, Share, Streams
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


class ScalingEntry(Entry):
    """How the load is measured, and the scaling that Lowtide manages if it has a min and a max."""

    capacity: dict[str, Streams] = Field(
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
    resolution: Annotated[Literal[60, 10] | None, GIVEN] = Field(
        default=None, description="Seconds between two points; 60 by default."
    )
    publish: Annotated[list[MetricName] | None, GIVEN] = _PUBLISHED

    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            msg = f"min {self.min} is more than max {self.max}"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _whole_range(self) -> Self:
        if (self.min is None) != (self.max is None):
            has, lacks = ("min", "max") if self.max is None else ("max", "min")
            msg = f"{has} without {lacks}; give both, or none where you register the target"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _policy_is_whole(self) -> Self:
        given = [key for key in ("cooldown", "fast_lane") if getattr(self, key)]
        if given and not self._keeps_a_policy:
            msg = f"{given[0]} needs min, max and target: without them Lowtide manages no policy"
            raise ValueError(msg)
        if self.fast_lane and self.resolution == 60:
            msg = "fast_lane needs a point every 10 seconds; leave resolution out, or give 10"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _reference_has_a_capacity(self) -> Self:
        if self.reference is not None and self.reference not in self.capacity:
            valid = ", ".join(self.capacity)
            msg = f"reference {self.reference!r} has no capacity; valid are {valid}"
            raise ValueError(msg)
        return self

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
        return ManagedScaling(self.min, self.max, self._policy(top))

    def _policy(self, top: MetricsEntry) -> ScalingPolicy | None:
        if self.target is None:
            return None
        cooldown = self.cooldown or CooldownEntry()
        metric = self.metric or top.metric
        return ScalingPolicy(self.target, metric, cooldown.out, cooldown.in_, self.fast_lane)

    def _metrics(self, top: MetricsEntry) -> frozenset[MetricName]:
        """A fleet of one type needs none of Lowtide's: its policy follows SageMaker's own."""
        followed = {FOLLOWED[self.metric or top.metric]}
        listed = self.publish if self.publish is not None else top.publish
        if listed is None:
            return frozenset(followed)
        needed = self._keeps_a_policy and (self.fast_lane or len(self.capacity) > 1)
        return frozenset(listed) | (followed if needed else set())

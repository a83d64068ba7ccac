"""What the planner works with: its adapters, and what the file asks for of one endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.dynamodb.store import Store
from lowtide.adapters.parallel import Mapper
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.curve import CurveSettings, instants_of
from lowtide.domain.endpoint import Capacities, ManagedEndpoint, MetricName
from lowtide.domain.schedule import Schedule
from lowtide.domain.snapshot import content_hash


@dataclass(frozen=True, slots=True)
class PlannerServices:
    """`without_floors` are the endpoints of the file without floors that this container has looked
    at."""

    endpoints: Endpoints
    metrics: Metrics
    scaling: ScalingDocuments
    store: Store
    mapper: Mapper
    without_floors: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class FloorsAsked:
    """The learned floors that the file asks for."""

    name: str
    schedule: Schedule
    minimum: int
    maximum: int
    settings: CurveSettings
    capacities: Capacities

    @property
    def timezone(self) -> ZoneInfo:
        return self.schedule.timezone

    @property
    def made_for(self) -> str:
        """Returns a hash of what of the file a plan rests on."""
        return content_hash(repr(self))[:16]

    def date(self, at: datetime) -> date:
        return at.astimezone(self.timezone).date()

    def midnight(self, at: datetime) -> datetime:
        return next(instants_of(self.date(at), self.timezone))

    def streams(
        self, variant: str, metrics: Metrics, start: datetime, end: datetime
    ) -> Mapping[datetime, float]:
        return metrics.published(self.name, variant, MetricName.STREAMS, start, end)


def floors_asked(managed: ManagedEndpoint) -> FloorsAsked | None:
    """Returns None where the file asks for no floors, or only to observe."""
    scaling, metering = managed.scaling, managed.metering
    if scaling is None or scaling.floors is None or metering is None or managed.mode == "observe":
        return None
    return FloorsAsked(
        managed.name,
        managed.schedule,
        scaling.minimum,
        scaling.maximum,
        scaling.floors,
        metering.capacities,
    )

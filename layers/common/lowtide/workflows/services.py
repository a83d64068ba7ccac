"""The adapters and settings that a lifecycle workflow works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.dynamodb.store import Store
from lowtide.adapters.iam import PermissionsCheck
from lowtide.adapters.parallel import Mapper, one_by_one
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.schedule import LeadTimeBounds
from lowtide.workflows.schedule_cache import ScheduleCache
from lowtide.workflows.state_cache import StateCache


@dataclass(frozen=True, slots=True)
class Services:
    endpoints: Endpoints
    scaling: ScalingDocuments
    metrics: Metrics
    store: Store
    stack: str
    lead: LeadTimeBounds
    longest_creation: timedelta
    deletion_grace: timedelta
    rights: PermissionsCheck
    deletions_per_minute: int
    prices: Mapping[str, float]  # USD an hour by instance type, as far as the file has them
    alarm_names: str = "*"  # of alarms that the reconciler's role may put
    each: Mapper = one_by_one  # how endpoints are read: in turn, or many at the same time
    schedule_cache: ScheduleCache = field(default_factory=ScheduleCache)
    state_cache: StateCache = field(default_factory=StateCache)

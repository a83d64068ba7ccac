"""The adapters and settings that a lifecycle workflow works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from lowtide.adapters.autoscaling.documents import ScalingDocuments
from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.dynamodb.store import Store
from lowtide.adapters.iam import RightsCheck
from lowtide.adapters.parallel import Each, one_by_one
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.schedule.lead_time import LeadBounds
from lowtide.workflows.schedule_cache import Outlooks


@dataclass(frozen=True, slots=True)
class Services:
    endpoints: Endpoints
    scaling: ScalingDocuments
    metrics: Metrics
    store: Store
    stack: str
    lead: LeadBounds
    longest_creation: timedelta
    rights: RightsCheck
    deletions_per_minute: int
    prices: Mapping[str, float]  # USD an hour by instance type, as far as the file has them
    each: Each = one_by_one  # how endpoints are read: in turn, or many at the same time
    outlooks: Outlooks = field(default_factory=Outlooks)

"""The environment variables that the template sets for each function."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.schedule import LeadTimeBounds
from lowtide.validation import FieldError, field_error

Minutes = Annotated[float, Field(ge=0, le=24 * 60)]


class Settings(BaseModel):
    """For every function. All missing or wrong variables are reported at once, by name."""

    model_config = ConfigDict(frozen=True)

    config: Path = Field(alias="LOWTIDE_CONFIG")
    stack: str = Field(alias="LOWTIDE_STACK")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        return cls.model_validate(dict(environ))


class PlannerSettings(Settings):
    """For the planner."""

    table: str = Field(alias="LOWTIDE_TABLE")


class LifecycleSettings(PlannerSettings):
    """For the scheduler, the reconciler and control."""

    reconciler_role: str = Field("", alias="LOWTIDE_RECONCILER_ROLE")  # "": not checked
    deletions_per_minute: int = Field(5, alias="LOWTIDE_DELETIONS_PER_MINUTE", ge=1)
    alarm_names: str = Field("*", alias="LOWTIDE_ALARM_NAMES")
    lead_minutes: Minutes = Field(alias="LOWTIDE_LEAD_MINUTES")
    shortest_lead_minutes: Minutes = Field(alias="LOWTIDE_SHORTEST_LEAD_MINUTES", default=5)
    longest_lead_minutes: Minutes = Field(alias="LOWTIDE_LONGEST_LEAD_MINUTES", default=60)
    longest_creation_minutes: Minutes = Field(alias="LOWTIDE_LONGEST_CREATION_MINUTES", default=60)
    deletion_grace_minutes: Minutes = Field(alias="LOWTIDE_DELETION_GRACE_MINUTES", default=5)

    schedules: Literal["ENABLED", "DISABLED"] = Field("ENABLED", alias="LOWTIDE_SCHEDULES_STATE")

    @property
    def errors(self) -> tuple[FieldError, ...]:
        """What is wrong with parameters that CloudFormation cannot compare."""
        if self.shortest_lead_minutes <= self.longest_lead_minutes:
            return ()
        message = (
            f"more than LongestLeadMinutes, {self.longest_lead_minutes:g}; "
            "the larger counts for both"
        )
        return (field_error(("ShortestLeadMinutes",), self.shortest_lead_minutes, message),)

    @property
    def lead(self) -> LeadTimeBounds:
        """How long before a window opens the endpoint is created."""
        longest = max(self.shortest_lead_minutes, self.longest_lead_minutes)
        return LeadTimeBounds(
            usual=timedelta(minutes=self.lead_minutes),
            shortest=timedelta(minutes=self.shortest_lead_minutes),
            longest=timedelta(minutes=longest),
        )

    def managed(self, endpoints: tuple[ManagedEndpoint, ...]) -> tuple[ManagedEndpoint, ...]:
        """Returns no endpoint while schedules are disabled: the steps are then those of endpoints
        that left the file, whose suspended scaling is resumed."""
        return endpoints if self.schedules == "ENABLED" else ()

    @property
    def longest_creation(self) -> timedelta:
        """How long an endpoint may be Creating before CreatingTooLongAlarm."""
        return timedelta(minutes=self.longest_creation_minutes)

    @property
    def deletion_grace(self) -> timedelta:
        """How long an endpoint that Lowtide did not delete is not created again."""
        return timedelta(minutes=self.deletion_grace_minutes)


class SchedulerSettings(LifecycleSettings):
    """For the scheduler."""

    queue_url: str = Field(alias="LOWTIDE_QUEUE_URL")

"""The environment variables that the template sets for each function."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lowtide.domain.schedule import LeadTimeBounds

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

    @model_validator(mode="after")
    def _lead_has_room(self) -> Self:
        if self.shortest_lead_minutes > self.longest_lead_minutes:
            msg = "LOWTIDE_SHORTEST_LEAD_MINUTES is more than LOWTIDE_LONGEST_LEAD_MINUTES"
            raise ValueError(msg)
        return self

    @property
    def lead(self) -> LeadTimeBounds:
        """How long before a window opens the endpoint is created."""
        return LeadTimeBounds(
            usual=timedelta(minutes=self.lead_minutes),
            shortest=timedelta(minutes=self.shortest_lead_minutes),
            longest=timedelta(minutes=self.longest_lead_minutes),
        )

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

"""What the template tells each function through its environment."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Missing or wrong variables are reported together, by name."""

    model_config = ConfigDict(frozen=True)

    config: Path = Field(alias="LOWTIDE_CONFIG")
    stack: str = Field(alias="LOWTIDE_STACK")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        return cls.model_validate(dict(environ))


class LifecycleSettings(Settings):
    table: str = Field(alias="LOWTIDE_TABLE")
    reconciler_role: str = Field("", alias="LOWTIDE_RECONCILER_ROLE")  # "": its rights are trusted
    deletions_per_minute: int = Field(5, alias="LOWTIDE_DELETIONS_PER_MINUTE", ge=1)
    lead_minutes: float = Field(alias="LOWTIDE_LEAD_MINUTES", ge=0, le=24 * 60)

    @property
    def lead(self) -> timedelta:
        """How long before a window opens an endpoint begins to be created."""
        return timedelta(minutes=self.lead_minutes)


class SchedulerSettings(LifecycleSettings):
    queue_url: str = Field(alias="LOWTIDE_QUEUE_URL")

"""What the template tells each function through its environment."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _minutes(value: object) -> timedelta:
    return timedelta(minutes=float(str(value)))


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
    lead: Annotated[timedelta, BeforeValidator(_minutes)] = Field(alias="LOWTIDE_LEAD_MINUTES")


class SchedulerSettings(LifecycleSettings):
    queue_url: str = Field(alias="LOWTIDE_QUEUE_URL")

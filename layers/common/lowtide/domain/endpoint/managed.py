"""An endpoint as the file wants it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from lowtide.domain.endpoint.metering import Idle, Metering
from lowtide.domain.endpoint.scaling_policy import ManagedScaling
from lowtide.domain.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Drain:
    """How long open streams may delay a delete, and what follows when they last longer."""

    deadline: timedelta = timedelta(minutes=35)
    then: Literal["delete", "stay"] = "delete"


@dataclass(frozen=True, slots=True)
class ManagedEndpoint:
    """One entry of the file."""

    name: str
    schedule: Schedule
    config_name: str | None = None
    fallback_configs: tuple[str, ...] = ()  # tried in turn where capacity is short
    ready: Literal["at-start", "after-start"] = "at-start"
    warm_up: timedelta = timedelta(0)  # from InService until its containers are ready
    delete_cloudformation_owned: bool = False
    drain: Drain = Drain()
    idle: Idle = "zeros"
    metering: Metering | None = None
    scaling: ManagedScaling | None = None

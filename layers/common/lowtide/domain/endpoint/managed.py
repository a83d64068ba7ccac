"""An endpoint as the file wants it."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from lowtide.domain.endpoint.metering import Idle, Metering
from lowtide.domain.endpoint.scaling_policy import ManagedScaling
from lowtide.domain.schedule import Schedule

LONGEST_NAME = 63

type Mode = Literal["manage", "observe"]


def is_valid_name(value: str) -> bool:
    """Whether SageMaker allows it for endpoints and for their configurations."""
    pattern = r"[a-zA-Z0-9](-*[a-zA-Z0-9])*"
    return len(value) <= LONGEST_NAME and re.fullmatch(pattern, value) is not None


def valid_name(value: str) -> str:
    """Raises ValueError unless it is one."""
    if not is_valid_name(value):
        msg = "not a name in SageMaker: up to 63 letters, digits and hyphens between them"
        raise ValueError(msg)
    return value


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
    mode: Mode = "manage"  # observe: everything is decided, nothing done

"""The functions of a template and what triggers them, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

type Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Retries:
    """A retry policy: how often, and for how long."""

    attempts: int
    max_age_s: float

    @classmethod
    def read(cls, policy: Properties, defaults: "Retries") -> Self:
        return cls(
            policy.get("MaximumRetryAttempts", defaults.attempts),
            policy.get("MaximumEventAgeInSeconds", defaults.max_age_s),
        )


LAMBDA_RETRIES = Retries(2, 6 * 3600)
EVENTBRIDGE_RETRIES = Retries(185, 24 * 3600)


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    name: str  # the folder under functions/
    logical_id: str
    function_name: str  # of the deployed function
    code_dir: Path
    environment: Mapping[str, str]
    timeout_s: int
    memory_mb: int
    retries: Retries  # of asynchronous invocations


@dataclass(frozen=True, slots=True)
class ScheduleSpec:
    function: str
    expression: str
    input: str
    enabled: bool
    retries: Retries


@dataclass(frozen=True, slots=True)
class RuleSpec:
    function: str
    pattern: Properties
    enabled: bool
    retries: Retries


@dataclass(frozen=True, slots=True)
class QueueSourceSpec:
    function: str
    queue_arn: str
    batch_size: int
    reports_item_failures: bool

"""What of a function's triggers is handed from one service to another, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
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
class QueueSourceSpec:
    function: str
    queue_arn: str
    batch_size: int
    reports_item_failures: bool

"""EventBridge's default bus, with the events of SageMaker."""

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION

type Event = dict[str, Any]


class Bus:
    """Events are delivered when the clock moves, never inside the call that caused them."""

    def __init__(
        self, copies: int, rng: random.Random, lateness_s: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        self._copies = copies
        self._rng = rng
        self._lateness_s = lateness_s
        self._waiting: list[tuple[float, Event]] = []  # from this instant on
        self._listeners: list[Callable[[Event], None]] = []

    def listen(self, listener: Callable[[Event], None]) -> None:
        self._listeners.append(listener)

    def put(self, detail_type: str, resource: str, detail: Mapping[str, Any], at: datetime) -> None:
        event = {
            "version": "0",
            "id": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            "detail-type": detail_type,
            "source": "aws.sagemaker",
            "account": ACCOUNT,
            "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": REGION,
            "resources": [resource],
            "detail": dict(detail),
        }
        for _ in range(self._copies):
            late = self._rng.uniform(*self._lateness_s)
            self._waiting.append((at.timestamp() + late, event))

    def deliver(self, now: float) -> None:
        """Delivers the copies that are due; late ones may arrive out of order."""
        due = sorted((entry for entry in self._waiting if entry[0] <= now), key=itemgetter(0))
        self._waiting = [entry for entry in self._waiting if entry[0] > now]
        for _, event in due:
            for listener in self._listeners:
                listener(event)

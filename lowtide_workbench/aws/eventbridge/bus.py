"""EventBridge's default bus, with the events of SageMaker."""

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION

type Event = dict[str, Any]


class Bus:
    """Events are delivered when the clock moves, never inside the call that caused them."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._waiting: list[Event] = []
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
        self.add(event)

    def add(self, event: Event) -> None:
        """An event with its envelope."""
        self._waiting.append(event)

    def deliver(self) -> None:
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            for listener in self._listeners:
                listener(event)

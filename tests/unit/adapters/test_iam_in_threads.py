"""Of many threads that need the role's permissions, one asks IAM."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from lowtide.adapters.iam import PermissionsCheck
from lowtide.adapters.kms import Keys
from lowtide.domain.lifecycle.facts import NOTHING_DENIED

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENDPOINT = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e"
PATIENT_S, SOON_S = 60, 0.2
THREADS = 8


class Iam:
    """Answers late, so that a second thread could ask meanwhile."""

    def __init__(self) -> None:
        self.asked_by: set[int] = set()
        self._second = threading.Barrier(2)

    def get_paginator(self, _name: str) -> Any:
        return self

    def paginate(self, **_: Any) -> Iterator[Any]:
        self.asked_by.add(threading.get_ident())
        try:
            self._second.wait(SOON_S)
        except threading.BrokenBarrierError:
            self._second.reset()
        yield {"EvaluationResults": [{"EvalActionName": "a", "EvalDecision": "allowed"}]}


def test_one_asks_and_all_are_answered() -> None:
    iam: Any = Iam()
    role, keys = "arn:aws:iam::123456789012:role/reconciler", Keys(None)
    check = PermissionsCheck(iam, keys, role, "lowtide-dev")
    begin = threading.Barrier(THREADS, timeout=PATIENT_S)

    def ask(_: int) -> object:
        begin.wait()
        return check.rights(ENDPOINT, NOW)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(ask, range(THREADS)))
    assert answers == [NOTHING_DENIED] * THREADS
    assert len(iam.asked_by) == 1

"""The publisher alone in a process.

    python -m lowtide_workbench.benchmarks.publisher.child

It does not sleep: the time until the next slot is skipped.
"""

from types import SimpleNamespace
from typing import Any

from lowtide_workbench.benchmarks.harness.child import Clock, measure


def main() -> None:
    clock = Clock()

    def prepare(app: Any) -> None:
        app.clock, app.time = clock.now, SimpleNamespace(sleep=clock.sleep)

    measure("publisher", clock, _read, prepare)


def _read(answer: Any) -> int:
    return sum("code" not in each["outcome"] for each in answer["published"])


if __name__ == "__main__":
    main()

"""The scheduler alone in a process.

python -m lowtide_workbench.benchmarks.scheduler.child
"""

from typing import Any

from lowtide_workbench.benchmarks.harness.child import Clock, measure
from lowtide_workbench.benchmarks.scheduler.answers import Context, of

_EXPECTED = {Context.STEADY: "NoAction", Context.WAKING: "Create", Context.CLOSING: "Delete"}


def main() -> None:
    measure("scheduler", Clock(), _decided)


def _decided(answer: Any) -> int:
    """As the situation asks for."""
    return sum(_EXPECTED[of(each["endpoint"])] == each["action"] for each in answer["decisions"])


if __name__ == "__main__":
    main()

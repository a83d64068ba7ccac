"""The scheduler alone in a process.

python -m lowtide_workbench.scheduler_bench.measured
"""

from typing import Any

from lowtide_workbench.function_bench.measuring import Clock, measure
from lowtide_workbench.scheduler_bench.answers import Situation, of

_EXPECTED = {Situation.STEADY: "Rest", Situation.WAKING: "Create", Situation.CLOSING: "Delete"}


def main() -> None:
    measure("scheduler", Clock(), _decided)


def _decided(answer: Any) -> int:
    """As the situation asks for."""
    return sum(_EXPECTED[of(each["endpoint"])] == each["action"] for each in answer["decisions"])


if __name__ == "__main__":
    main()

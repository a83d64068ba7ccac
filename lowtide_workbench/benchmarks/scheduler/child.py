"""The measured process of the scheduler."""

from typing import Any

from lowtide_workbench.benchmarks.harness.child import Clock, measure
from lowtide_workbench.benchmarks.scheduler.answers import Case, case_of

_EXPECTED = {Case.STEADY: "Rest", Case.WAKING: "Create", Case.CLOSING: "Delete"}


def main() -> None:
    measure("scheduler", Clock(), _decided)


def _decided(answer: Any) -> int:
    return sum(
        decision["action"] == _EXPECTED[case_of(decision["endpoint"])]
        for decision in answer["decisions"]
    )


if __name__ == "__main__":
    main()

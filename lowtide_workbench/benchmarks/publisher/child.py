"""The measured process of the publisher, whose sleeps are skipped."""

from typing import Any

from lowtide.workflows.publisher.run import Clock as PublisherClock
from lowtide_workbench.benchmarks.harness.child import Clock, measure


def main() -> None:
    clock = Clock()

    def prepare(app: Any) -> None:
        app.clock = PublisherClock(now=clock.now, sleep=clock.sleep)

    measure("publisher", clock, _published, prepare)


def _published(answer: Any) -> int:
    return sum("code" not in variant["outcome"] for variant in answer["published"])


if __name__ == "__main__":
    main()

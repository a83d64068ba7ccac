"""What the log has of decisions: all of the reconciler, of the scheduler what has changed."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from lowtide.observability import Reporter
from lowtide.workflows.decision import Decision
from lowtide.workflows.decision_report import report_decisions

REST = Decision("e", "Rest", "the window is open")
OTHER_REASON = Decision("e", "Rest", "ann wants it awake")
OTHER_ACTION = Decision("e", "Wait", "the window is open")
FAILED = Decision("e", "Unknown", "no answer", failed=True)
OTHER_ENDPOINT = Decision("f", "Rest", "always")


class Log:
    """A reporter's log and counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Lowtide")
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "scheduler")
        self._lines: list[str] = []
        self.counts: list[tuple[str, int]] = []
        self._reporter = cast("Any", Reporter("lowtide-dev"))
        self._reporter.logger = SimpleNamespace(info=self._add, error=self._add)
        self._reporter.count = lambda name, count=1: self.counts.append((name, count))

    def _add(self, _: str, extra: dict[str, str]) -> None:
        self._lines.append(extra["endpoint"])

    def minutes(self, *decisions: Decision, **how: bool) -> list[str]:
        """The endpoints that each minute has a line of."""
        logged = []
        for decision in decisions:
            report_decisions([decision, OTHER_ENDPOINT], self._reporter, **how)
            logged.append("".join(self._lines))
            self._lines.clear()
        return logged


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    return Log(monkeypatch)


@pytest.mark.parametrize(
    ("minutes", "lines"),
    [
        pytest.param([REST, REST, REST], ["ef", "", ""], id="what stays the same, once"),
        pytest.param([REST, OTHER_REASON, REST], ["ef", "e", "e"], id="each new reason"),
        pytest.param([REST, OTHER_ACTION], ["ef", "e"], id="each new action"),
        pytest.param([FAILED, FAILED], ["ef", "e"], id="each failure"),
    ],
)
def test_the_scheduler_logs(minutes: list[Decision], lines: list[str], log: Log) -> None:
    assert log.minutes(*minutes, repeats=False) == lines


def test_the_reconciler_logs_each_decision(log: Log) -> None:
    assert log.minutes(REST, REST) == ["ef", "ef"]


def test_what_is_not_logged_is_counted(log: Log) -> None:
    log.minutes(REST, REST, repeats=False)
    assert log.counts == [("Decisions", 2), ("Decisions", 2)]

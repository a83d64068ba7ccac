"""The stage that cases are played on, and a line that says how many were."""

from collections.abc import Iterator

import pytest

from tests.integration.crash.stage import Stage

COUNTED = "crash cases"


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests may run in other processes: their reports bring the numbers here."""
    reports = [r for each in terminalreporter.stats.values() for r in each]
    counted = [value for r in reports for name, value in _properties(r) if name == COUNTED]
    if not counted:
        return
    paths = {path for path, _, _ in counted}
    played = sum(played for _, played, _ in counted)
    all_there_are = sum(generated for _, _, generated in counted)
    line = f"crash: {played} cases over {len(paths)} paths"
    if played < all_there_are:
        line += f", a sample of {all_there_are}; LOWTIDE_CRASH=all plays every one"
    terminalreporter.write_line(line)


def _properties(report: object) -> list[tuple[str, tuple[str, int, int]]]:
    when = getattr(report, "when", None)
    return getattr(report, "user_properties", []) if when == "call" else []

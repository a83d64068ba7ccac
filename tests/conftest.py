"""Nothing here may reach a real account or the network."""

import gc
import os
from datetime import UTC, datetime

import pytest
from hypothesis import settings

CRASH_CASES = "crash cases"
# Which of the crashes are played; pytest's workers take the day over with the environment.
CRASH_DAY = os.environ.setdefault("LOWTIDE_CRASH_DAY", f"{datetime.now(UTC):%Y-%m-%d}")

# CI runs the same modest number every time; HYPOTHESIS_PROFILE=long looks for what is left.
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=40)
settings.register_profile("long", deadline=None, max_examples=5_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def no_real_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def pytest_collection_finish() -> None:
    """What is imported by now stays, so no collection has to look at it: a tenth of a story.

    A story ends before it has left much to collect, so collections may be few.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests may run in other processes: their reports bring the numbers here."""
    reports = [r for each in terminalreporter.stats.values() for r in each]
    counted = [value for r in reports for name, value in _properties(r) if name == CRASH_CASES]
    if not counted:
        return
    paths = {path for path, _, _ in counted}
    played = sum(played for _, played, _ in counted)
    all_there_are = sum(generated for _, _, generated in counted)
    line = f"crash: {played} of {all_there_are} cases over {len(paths)} paths"
    if played < all_there_are:
        line += f"; LOWTIDE_CRASH_DAY={CRASH_DAY} plays the same, LOWTIDE_CRASH=all every one"
    terminalreporter.write_line(line)


def _properties(report: object) -> list[tuple[str, tuple[str, int, int]]]:
    when = getattr(report, "when", None)
    return getattr(report, "user_properties", []) if when == "call" else []

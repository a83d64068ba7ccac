"""The terminal of `lowtide aws`: a line for each change, in one clock, 80 columns wide."""

from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.server.console_log import ConsoleLog

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
LONGEST_NAME = "a" * 63  # that SageMaker takes


def printed(endpoint: str, status: str, zones: dict[str, ZoneInfo]) -> list[str]:
    cloud, console = Cloud(START), Console(file=StringIO(), width=80)
    log = ConsoleLog(cloud, console, zones)
    cloud.statuses.append((START, endpoint, status))
    log.print_new()
    log.print_new()
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("zones", "line"),
    [
        pytest.param(
            {"a": NEW_YORK},
            "Mon 23 Nov 07:00:00 EST  a  Creating",
            id="in the zone of its schedule",
        ),
        pytest.param({}, "Mon 23 Nov 12:00:00 UTC  a  Creating", id="without a schedule in UTC"),
    ],
)
def test_a_change_is_printed_once(zones: dict[str, ZoneInfo], line: str) -> None:
    assert printed("a", "Creating", zones) == [line]


def test_the_longest_name_and_the_longest_status_are_whole() -> None:
    assert printed(LONGEST_NAME, "UpdateRollbackFailed", {"a": NEW_YORK}) == [
        "Mon 23 Nov 12:00:00 UTC",
        f"    {LONGEST_NAME}",
        "    UpdateRollbackFailed",
    ]

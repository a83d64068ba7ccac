"""What a month saved, asked for as `lowtide savings` asks."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lowtide_cli.main import app
from lowtide_cli.status import savings
from lowtide_workbench.aws.lambda_service.function import FunctionError
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

PRICES = "prices: {ml.g6.2xlarge: 1.0, ml.g6e.2xlarge: 2.0}"


@pytest.fixture
def slept(town_with: TownMaker) -> Town:
    """Asleep for 2 hours at most, with what is kept of the fleet at least."""
    town = town_with(f"{PRICES}{EVENING_PAUSE}")
    town.until("Mon 22:30")
    assert town.status == "InService"
    return town


def ask(town: Town, month: str) -> Any:
    return town.control(action="savings", month=month)


def test_a_month_has_the_hours_of_its_nights_on_the_schedules_clock(slept: Town) -> None:
    (found,) = ask(slept, "2026-11")["endpoints"]
    ended = [e.ended["asleep"] for e in slept.store.history(ENDPOINT, 50) if "asleep" in e.ended]
    (asleep,) = ended
    assert found["asleep"]["hours_asleep"] == round(asleep / timedelta(hours=1), 2) > 1
    kept = found["asleep"]["instance_hours_at_least"]
    assert found["asleep"]["usd_at_least"] == round(sum(kept.values()), 2)  # 1 USD an hour
    assert found["awake"]["hours_awake"] > 0
    (before,) = ask(slept, "2026-10")["endpoints"]
    assert before["asleep"]["hours_asleep"] == before["awake"]["hours_awake"] == 0


@pytest.mark.parametrize(
    ("month", "message"),
    [
        pytest.param("2026-13", "expected a month such as 2030-01", id="no month"),
        pytest.param("2030-01", "has not begun yet", id="a month to come"),
    ],
)
def test_another_month_is_refused(town: Town, month: str, message: str) -> None:
    with pytest.raises(FunctionError, match=message):
        ask(town, month)


ANSWER: Any = {
    "month": "2026-11",
    "errors": [],
    "endpoints": [
        {
            "endpoint": ENDPOINT,
            "asleep": {
                "hours_asleep": 100.0,
                "instance_hours_at_least": {"ml.g6.2xlarge": 200.0},
                "usd_at_least": None,
            },
            "awake": {
                "hours_awake": 50.0,
                "instance_hours_at_least": {"ml.g6.2xlarge": 100.0},
                "usd_at_least": 90.0,
            },
        },
        {"endpoint": "other", "error": "throttled"},
    ],
}


def test_the_command_counts_with_the_files_prices_the_shipped_ones_or_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(savings, "ask", lambda *_: ANSWER)
    own = tmp_path / "prices.csv"
    own.write_text("region,instance_type,usd_per_hour\nus-east-1,ml.g6.2xlarge,2\n")
    asked = ("savings", "--month", "2026-11", "--region", "us-east-1")
    shipped = CliRunner().invoke(app, asked, env={"COLUMNS": "80"})
    assert shipped.exit_code == 1, "an endpoint cannot be read"
    assert (
        "Saved at least $244.40 of $334.40" in shipped.output
    )  # 200 h of 1.222, and the file's 90
    assert max(map(len, shipped.output.splitlines())) <= 80
    table = tmp_path / "out.csv"
    with_own = CliRunner().invoke(app, [*asked, "--prices", str(own), "--csv", str(table)])
    assert "Saved at least $400.00 of $600.00" in with_own.output
    assert "other cannot be read: throttled" in with_own.output
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [(row["state"], row["hours"], row["usd"]) for row in rows] == [
        ("asleep", "100.0", "400.0"),
        ("awake", "50.0", "200.0"),
    ]

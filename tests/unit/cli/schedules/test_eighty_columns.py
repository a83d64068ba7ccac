"""Every command about the file fits 80 columns, and cuts no name."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lowtide_cli.main import app

NAME = "the-longest-name-that-sagemaker-lets-an-endpoint-have-is-this-x"
CONFIG = NAME.replace("endpoint", "deploy-1")
MINUTES = ",".join(map(str, range(40)))  # one word that is longer than a line
FILE = f"""
timezone: America/Argentina/ComodRivadavia
schedules:
  nights:
    windows:
      - {{start: "{MINUTES} 6-8,17-19 1-15 JAN-JUN,SEP *", stop: "50 8,19 1-15,L JAN-JUN,SEP *"}}
      - {{start: "0 22 * * MON-FRI", stop: "10 22 * * MON-FRI"}}
    closed: [{{country: US, subdivision: NY}}, {{from: 2026-12-28, to: 2026-12-31}}]
    open: [{{from: 2026-12-29T10:00, to: 2026-12-29T14:00}}]
endpoints:
  - name: {NAME}
    schedule: nights
    config: {CONFIG}
    ready: after-start
    scaling:
      capacity: {{ml.trn1n.32xlarge-and-some-more-of-a-long-name: 10, ml.g6e.2xlarge: 20}}
      min: 1
      max: 4
      target: 0.75
      fast_lane: true
"""
BROKEN = FILE.replace("schedule: nights", "schedule: night")
WHEN = ("--endpoint", NAME)


@pytest.mark.parametrize(
    ("text", "command", "options", "names"),
    [
        pytest.param(FILE, "check", (), [NAME, CONFIG], id="check"),
        pytest.param(BROKEN, "check", (), ["endpoints[0].schedule"], id="check, with an error"),
        pytest.param(
            FILE, "preview", (*WHEN, "--from", "2026-12-28", "--to", "2027-01-11"), [NAME],
            id="preview",
        ),
        pytest.param(BROKEN, "preview", WHEN, [NAME], id="preview, with an error"),
        pytest.param(FILE, "explain", (*WHEN, "--at", "2026-12-29T09:00"), [NAME], id="explain"),
    ],
)  # fmt: skip
def test_a_terminal_of_80_columns_is_wide_enough(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    command: str,
    options: tuple[str, ...],
    names: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dev.yaml").write_text(text)
    terminal = {"COLUMNS": "80", "FORCE_COLOR": "1"}
    result = CliRunner().invoke(app, [command, "dev.yaml", *options], env=terminal)
    assert result.exit_code in (0, 1)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", result.output).splitlines()
    assert [line for line in lines if len(line.rstrip()) > 80] == []
    assert all(any(name in line for line in lines) for name in names)
    assert "…" not in result.output

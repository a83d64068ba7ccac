"""Scaling in the file: checked already, and applied by nothing yet."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lowtide import config
from workbench.cli import app

FILE = """
timezone: America/New_York
endpoints:
  - name: voice
    schedule: always
    scaling:
      min: 1
      max: 4
      target: 0.75
      cooldown: {out: 60s, in: 300s}
      capacity: {ml.g6.2xlarge: 10}
"""


def test_scaling_that_is_not_applied_yet_is_accepted_and_said(tmp_path: Path) -> None:
    file = tmp_path / "dev.yaml"
    file.write_text(FILE)
    answer = CliRunner().invoke(app, ["check", str(file), "--json"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["warnings"] == [
        {
            "endpoint": "voice",
            "message": "scaling.{cooldown, max, min, target}: checked, and not applied yet; "
            "set up scaling yourself",
        }
    ]


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        pytest.param("min: 1", "min: 5", "min 5 is more than max 4", id="a range upside down"),
        pytest.param("min: 1", "min: 0", "must be at least 1", id="no instances at all"),
        pytest.param("min: 1", "min: 1.5", "not a whole number", id="half an instance"),
        pytest.param("0.75", "75", "must be at most 1", id="a target in per cent"),
        pytest.param("out: 60s", "out: 60", "not a duration", id="a cooldown without a unit"),
        pytest.param("in: 300s", "inn: 300s", "did you mean 'in'?", id="a mistyped cooldown"),
    ],
)
def test_scaling_is_checked_all_the_same(written: str, instead: str, message: str) -> None:
    (fault,) = config.parse(FILE.replace(written, instead)).faults
    assert message in fault.message

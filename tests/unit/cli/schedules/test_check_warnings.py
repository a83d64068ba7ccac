"""`lowtide check`: faults fail, warnings do not; both as JSON."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.schedules.conftest import Lowtide

ODD = """
timezone: America/New_York
schedules:
  short: {windows: [{start: "0 8 31 * *", stop: "0 20 * * *"}]}
endpoints:
  - {name: a, schedule: short, config: my-config}
  - {name: b, schedule: short}
"""
EXCEPTIONS = """
timezone: America/New_York
endpoints:
  - name: a
    schedule:
      windows: [{start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}]
      closed: [2026-12-24, {from: 2026-12-28, to: 2026-12-31}, {country: US, subdivision: NY}]
      open: [{from: 2026-12-29T10:00, to: 2026-12-29T14:00}]
      ready: after-start
"""
SKIPS = "'0 8 31 * *' skips the months without a day 31; write L for the last day of each month"


def test_warnings_do_not_fail_and_name_all_the_endpoints_once(lowtide: Lowtide, file: Path) -> None:
    file.write_text(ODD)
    result = lowtide("check")
    assert result.exit_code == 0
    assert " ".join(result.stdout.split()).endswith(f"Warning: a, b: {SKIPS}")


def test_json_has_warnings_by_endpoint(lowtide: Lowtide, file: Path) -> None:
    file.write_text(ODD)
    result = lowtide("check", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found = json.loads(result.stdout)
    assert found["faults"] == []
    assert found["warnings"] == [{"endpoint": name, "message": SKIPS} for name in ("a", "b")]
    assert found["endpoints"][0] == {
        "name": "a",
        "timezone": "America/New_York",
        "windows": [{"start": "0 8 31 * *", "stop": "0 20 * * *", "timezone": "America/New_York"}],
        "closed": [],
        "open": [],
        "ready": "at-start",
        "config": "my-config",
        "capacity": None,
    }


def test_json_has_faults_with_path_value_and_message(lowtide: Lowtide) -> None:
    result = lowtide("check", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["faults"] == [
        {
            "path": "endpoints[3].schedule",
            "value": "'offfice'",
            "message": "no schedule has this name; did you mean 'office'?",
        }
    ]
    assert [entry["name"] for entry in found["endpoints"]] == [
        "my-endpoint", "early-endpoint", "around-the-clock",
    ]  # fmt: skip


def test_exceptions_are_shown_in_both_forms(lowtide: Lowtide, file: Path) -> None:
    file.write_text(EXCEPTIONS)
    said = " ".join(lowtide("check").stdout.split())
    assert "closed 2026-12-24 2026-12-28 to 2026-12-31 public holidays, US-NY" in said
    assert "open Tue 29 Dec 10:00 EST to Tue 29 Dec 14:00 EST" in said
    assert "ready after-start" in said
    (entry,) = json.loads(lowtide("check", "--json").stdout)["endpoints"]
    assert entry["closed"] == [
        {"from": "2026-12-24", "to": "2026-12-24"},
        {"from": "2026-12-28", "to": "2026-12-31"},
        {"country": "US", "subdivision": "NY"},
    ]
    assert entry["open"] == [{"from": "2026-12-29T15:00:00Z", "to": "2026-12-29T19:00:00Z"}]
    assert entry["ready"] == "after-start"


def test_the_lead_decides_what_is_too_short(lowtide: Lowtide) -> None:
    assert "Warning" not in lowtide("check").stdout
    assert "it sleeps for only 5 h from" in lowtide("check", "--lead", "6h").stdout


def test_what_cannot_be_read_is_told_beside_the_json(lowtide: Lowtide, file: Path) -> None:
    file.unlink()
    result = lowtide("check", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be read" in result.stderr


@pytest.mark.parametrize(
    ("scaling", "warned"),
    [
        pytest.param("min: 1, max: 1, target: 0.7", True, id="a policy that can do nothing"),
        pytest.param("min: 2, max: 2", False, id="a fixed count may be meant"),
        pytest.param("min: 1, max: 2, target: 0.7", False, id="a policy with room"),
    ],
)
def test_a_policy_without_room_is_odd(
    lowtide: Lowtide, file: Path, scaling: str, warned: bool
) -> None:
    entry = f"{{name: e, schedule: always, scaling: {{capacity: {{a: 10}}, {scaling}}}}}"
    file.write_text(f"timezone: UTC\nendpoints: [{entry}]")
    said = " ".join(lowtide("check").stdout.split())
    assert ("its policy can never change the count" in said) is warned

"""Each command fits a terminal of 80 columns, and no name is cut or broken, however long."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide_cli.main import app
from lowtide_cli.status import command as status_command
from lowtide_cli.verify import probe
from lowtide_cli.verify.probe import Observation
from tests.unit.cli.status import answers
from tests.unit.cli.verify.worlds import World, show, steady

COLUMNS = 80
PERIOD = ("--from", "2026-12-28", "--to", "2027-01-11")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# As long as SageMaker allows.
ENDPOINT, LEFT_FILE, CONFIG, VARIANT, POLICY = (letter * 63 for letter in "elcvp")
LONG_WORD = ",".join(map(str, range(40)))
TYPES = ("ml.p6e-gb200.36xlarge", "ml.g6e.2xlarge")  # the first is one of the longest
FILE = f"""
timezone: America/New_York
prices: {{{TYPES[0]}: 1234.5678}}
endpoints:
  - name: {ENDPOINT}
    config: {CONFIG}
    schedule:
      windows:
        - {{start: "30 7 * * MON-FRI", stop: "30 18 * * MON-FRI", timezone: America/New_York}}
        - {{start: "{LONG_WORD} 6 1 JAN *", stop: "50 8 1,L JAN *"}}
      closed: [{{country: US, subdivision: NY}}, {{from: 2026-12-28, to: 2026-12-31}}]
      open: [{{from: 2026-12-29T10:00, to: 2026-12-29T14:00}}]
    ready: after-start
    scaling: {{min: 1, max: 400, target: 0.75, capacity: {{{TYPES[0]}: 1000, {TYPES[1]}: 20}}}}
"""
INVALID = FILE.replace(f"config: {CONFIG}", f"config: {CONFIG}-and-longer")
RAMP = "instance_type,streams,latency_ms\n" + "".join(
    f"{TYPES[0]},{n * 1000},{n * 100}\n" for n in range(1, 10)
)
TRACKING = {
    "name": POLICY,
    "type": "TargetTrackingScaling",
    "managed_by": "managed by Lowtide",
    "tracks": "SageMakerVariantConcurrentRequestsPerModelHighResolution",
    "target": 7.5,
    "scales_in": False,
    "terms": {"m1": f"Average of {POLICY}"},
    "alarms": [answers.ALARM | {"name": POLICY, "metric": POLICY}],
}
FAILED = {
    "at": "2026-11-24T13:00:00Z",
    "status": "Failed",
    "what": f"Setting desired instance count of {VARIANT} to 6.",
    "cause": f"monitor alarm {POLICY} in state ALARM triggered policy {POLICY}",
    "message": f"Failed to set {ENDPOINT}: no capacity",
}
NOT_SCALED = {"at": "2026-11-24T13:00:00Z", "not_scaled": [f"{VARIANT} has its maximum"]}
SCALED = {
    "variant": VARIANT,
    "instances": {"current": 100, "desired": 400},
    "target": {"min": 1, "max": 400, "suspended": ["scale-in", "scale-out"]},
    "policies": [TRACKING, answers.POLICY | {"name": POLICY}],
    "activities": [FAILED, NOT_SCALED],
}
SAVED = {
    "hours_asleep": 400.25,
    "instance_hours_at_least": dict.fromkeys(TYPES, 160100.25),
    "usd_at_least": 1234567.89,
}
STATUS: dict[str, Any] = answers.ENDPOINT | {
    "endpoint": ENDPOINT,
    "because": f"no window is open until Mon 23 Nov 22:00 EST; the file pins {CONFIG}",
    "status": "UpdateRollbackFailed",
    "next": {"action": "TakeSnapshot", "reason": f"{ENDPOINT} is not saved yet"},
    "blocked": f"not-deletable: {CONFIG} is missing",
    "instances": dict.fromkeys(TYPES, 400),
    "paused": f"ann paused it: {ENDPOINT}",
    "config": {"in_use": CONFIG, "pinned": CONFIG, "difference": f"it runs {CONFIG}"},
    "lead_time": {"minutes": 120.5, "because": "90 % of the last 20 creations took 115m or less"},
    "schedule_changes": {"at": "2026-11-24T13:00:00+00:00", "to": "awake", "because": "it opens"},
    "saved": {"at": "2026-11-24T13:00:00+00:00", "config": CONFIG, "contents": "3 tags"},
    "last_steps": [f"2026-11-24 01:00Z Create: {CONFIG} in use (done)"],
    "savings": {"last 30 days": SAVED},
    "scaling": {"shown": "as it is now", "variants": [SCALED]},
}
LEFT = {"endpoint": LEFT_FILE, "status": "Absent", "note": f"saved with {CONFIG}"}


@pytest.fixture(autouse=True)
def of_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stack and an account would answer."""

    def invoke(_stack: str, request: dict[str, str], *_: object) -> dict[str, Any]:
        return STATUS if "endpoint" in request else {"endpoints": [STATUS], "unlisted": [LEFT]}

    def observe(*_: object) -> Observation:
        minutes = steady((200, 100, 5), minutes=5) + steady((0, 0, 0), minutes=5)
        world = World("each", "zeros")
        readings = show(world, {TYPES[0]: 2, TYPES[1]: 1}, minutes, pooled=True)
        pools = (Pool(TYPES[0], 2), Pool(TYPES[1], 1))
        variant = Variant(VARIANT, pools)
        endpoint = Endpoint(ENDPOINT, Status.IN_SERVICE, variants=(variant,))
        names = ("EndpointName", "VariantName", "InstanceType", "ContainerId")
        listed = frozenset({frozenset((name, "x") for name in names)})
        return Observation(endpoint, variant, readings, listed, 10, 3)

    monkeypatch.setattr(status_command, "invoke", invoke)
    monkeypatch.setattr(probe, "probe", observe)
    monkeypatch.setattr("lowtide_cli.verify.clients.clients", lambda *_: (None, None))


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    monkeypatch.chdir(tmp_path)
    Path("dev.yaml").write_text(FILE)
    Path("invalid.yaml").write_text(INVALID)
    Path("ramp.csv").write_text(RAMP)

    def run(*arguments: str) -> list[str]:
        terminal = {"COLUMNS": str(COLUMNS), "FORCE_COLOR": "1"}
        result = CliRunner().invoke(app, arguments, env=terminal)
        assert result.exit_code in (0, 1), result.output
        return [line.rstrip() for line in _COLOURS.sub("", result.stdout).splitlines()]

    return run


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        pytest.param(("check", "dev.yaml"), (ENDPOINT, CONFIG, *TYPES), id="check"),
        pytest.param(("check", "dev.yaml", "--lead", "12h"), (f"{ENDPOINT}: it is awake",),
                     id="check, with a warning"),
        pytest.param(("check", "invalid.yaml"), (f"{CONFIG}-and-longer",),
                     id="check, with an error"),
        pytest.param(("preview", "dev.yaml", "--endpoint", ENDPOINT, *PERIOD),
                     (ENDPOINT, "Tue 29 Dec 10:00 EST"),
                     id="preview"),
        pytest.param(("explain", "dev.yaml", "--endpoint", ENDPOINT, "--at", "2026-12-29T09:00"),
                     (ENDPOINT,), id="explain"),
        pytest.param(("status",), (ENDPOINT, LEFT_FILE, CONFIG, *TYPES), id="status of all"),
        pytest.param(("status", "--endpoint", ENDPOINT),
                     (ENDPOINT, CONFIG, VARIANT, POLICY, *TYPES), id="status of one"),
        pytest.param(("advise", "--traffic", "jobs", "--package", "own", "--when", "40 x 3h",
                      "--wait", "1h", "--instances", "400", "--type", TYPES[0], "--type", TYPES[1]),
                     TYPES, id="advise"),
        pytest.param(("advise", "--target", "ramp.csv"), (TYPES[0],), id="advise --target"),
        pytest.param(("verify-metrics", "--endpoint", ENDPOINT),
                     (ENDPOINT, VARIANT, *TYPES, "ContainerId"), id="verify-metrics"),
    ],
)  # fmt: skip
def test_it_fits_and_names_are_whole(
    output: Callable[..., list[str]], arguments: tuple[str, ...], names: tuple[str, ...]
) -> None:
    lines = output(*arguments)
    assert [line for line in lines if len(line) > COLUMNS or "…" in line] == []
    # A name that is broken shows up where the lines are joined, and on none of them.
    joined = "".join(line.strip() for line in lines)
    shown = {name: joined.count(name) for name in names}
    assert min(shown.values()) > 0
    assert {name: sum(line.count(name) for line in lines) for name in names} == shown

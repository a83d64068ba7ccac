"""Whether a stack can be deleted, by what its control function answers."""

from typing import Any

import pytest
from typer.testing import CliRunner, Result

from lowtide_cli.main import app
from lowtide_cli.status import can_delete
from lowtide_cli.status.invoke import FunctionFailedError, RequestRefusedError

REST = {"action": "Rest", "reason": "the window is open"}
AWAKE: dict[str, Any] = {
    "endpoint": "calls", "status": "InService", "next": REST, "unfinished": None, "saved": None,
}  # fmt: skip
SAVED = {"at": "2026-11-23T20:00:00+00:00"}
ASLEEP = AWAKE | {"status": "Absent", "saved": SAVED}
DRAINS = "it drains, and its scaling is suspended"
UNLISTED = {"endpoint": "old", "status": "InService", "note": "left as it is", "unfinished": None}
UNREADABLE = {"endpoint": "calls", "error": "now#record is damaged"}


def asked(monkeypatch: pytest.MonkeyPatch, answer: object) -> Result:
    def invoke(*_: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(can_delete, "invoke", invoke)
    return CliRunner().invoke(app, ["can-delete", "--stack", "tides"], env={"COLUMNS": "200"})


@pytest.mark.parametrize(
    ("endpoints", "unlisted", "errors", "shown"),
    [
        pytest.param([ASLEEP], [], [], "calls asleep To do: send `wake`, or remove its entry",
                     id="asleep"),
        pytest.param([AWAKE | {"unfinished": DRAINS}], [], [],
                     f"calls {DRAINS} To do: wait until it is done", id="within a step"),
        pytest.param([AWAKE | {"next": {"action": "TakeSnapshot", "reason": "closed"}}], [], [],
                     "calls TakeSnapshot is due: closed To do: remove its entry",
                     id="right before a step"),
        pytest.param([UNREADABLE], [], [], "calls unreadable: now#record is damaged",
                     id="not known"),
        pytest.param([], [UNLISTED | {"unfinished": DRAINS}], [], f"old {DRAINS} To do: wait",
                     id="left the file, and suspended"),
        pytest.param([], [UNREADABLE], [], "calls unreadable", id="left the file, and not known"),
        pytest.param([AWAKE], [], ["line 3: name: is required"], "The file line 3: name: is req",
                     id="an entry with an error may be of an endpoint that sleeps"),
    ],
)  # fmt: skip
def test_it_cannot_be_deleted_yet(
    monkeypatch: pytest.MonkeyPatch, endpoints: Any, unlisted: Any, errors: Any, shown: str
) -> None:
    answer = {"errors": errors, "endpoints": endpoints, "unlisted": unlisted}
    result = asked(monkeypatch, answer)
    assert shown in " ".join(result.output.split())
    assert result.output.endswith("tides cannot be deleted yet.\n")
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("endpoints", "unlisted", "shown"),
    [
        pytest.param([], [], "", id="nothing is managed"),
        pytest.param([AWAKE], [UNLISTED], "", id="awake"),
        pytest.param([AWAKE | {"status": "Absent"}], [], "", id="never created"),
        pytest.param([], [UNLISTED | {"status": "Absent"}], "old is asleep and not in the file",
                     id="asleep, and taken out of the file"),
    ],
)  # fmt: skip
def test_it_can_be_deleted(
    monkeypatch: pytest.MonkeyPatch, endpoints: Any, unlisted: Any, shown: str
) -> None:
    result = asked(monkeypatch, {"errors": [], "endpoints": endpoints, "unlisted": unlisted})
    assert shown in result.output
    assert result.output.endswith("tides can be deleted. Its table stays.\n")
    assert result.exit_code == 0


@pytest.mark.parametrize("error", [FunctionFailedError("it failed"), RequestRefusedError("no")])
def test_without_an_answer_it_is_not_known(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    result = asked(monkeypatch, error)
    assert (result.exit_code, str(error) in result.output) == (2, True)

"""How a rehearsal ends: whatever happens, the copy is deleted or named."""

import os
import shlex
import signal
import sys

import pytest

from lowtide_cli.main import app
from lowtide_cli.rehearse import copies
from lowtide_cli.rehearse.signals import signals_as_ctrl_c
from lowtide_workbench.aws.protocol.faults import (
    Failed,
    Fault,
    Meanwhile,
    RequestLost,
    ResponseLost,
    Throttled,
)
from tests.integration.cli.rehearse.account import NAME, Account, rehearse, words


def ctrl_c() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_deletes_the_copy(account: Account, number: signal.Signals) -> None:
    """Ctrl-C, a cancelled CI job, a closed terminal."""

    def end_at_once(*_: object) -> None:
        raise AssertionError("ended, and the copy costs money")

    is_ctrl_c = number is signal.SIGINT
    before = signal.signal(number, signal.default_int_handler if is_ctrl_c else end_at_once)
    account.during = {3: lambda: signal.raise_signal(number)}
    try:
        result = rehearse()
    finally:
        ended = signal.signal(number, before)
    assert is_ctrl_c or ended is end_at_once  # as it was
    assert result.exit_code == 1
    assert "Interrupted. SageMaker deletes no endpoint that is Creating" in words(result)
    assert "It cost at most $0." in words(result)
    assert account.endpoints == {NAME: "InService"}


def test_what_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_as_ctrl_c():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


NOT_SHOWN = Failed("ValidationException", 'Could not find endpoint "a copy".')
INTERRUPTED = Fault(Meanwhile(ctrl_c), operation="CreateEndpoint")


def not_shown(times: int | None) -> Fault:
    """The first DescribeEndpoint is of the original."""
    return Fault(NOT_SHOWN, operation="DescribeEndpoint", nth=2, times=times)


def by_hand(name: str) -> str:
    return f"  aws sagemaker delete-endpoint --region us-east-1 --endpoint-name \\\n    {name}\n"


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([INTERRUPTED, not_shown(times=3)], id="Ctrl-C, and AWS shows it late"),
        pytest.param([Fault(ResponseLost(), operation="CreateEndpoint"),
                      Fault(Failed("ResourceLimitExceeded"), operation="CreateEndpoint", nth=2),
                      not_shown(times=1)],
                     id="the answer is lost, and the copy takes the quota of the second try"),
    ],
)  # fmt: skip
def test_a_copy_is_deleted_also_if_its_creation_was_not_answered(
    account: Account, faults: list[Fault]
) -> None:
    account.cloud.faults.add(*faults)
    result = rehearse()
    assert result.exit_code == 1
    assert "The copy is deleted." in words(result)
    assert account.endpoints == {NAME: "InService"}


def test_a_copy_that_is_never_shown_is_named_with_the_command_that_deletes_it(
    account: Account,
) -> None:
    account.cloud.faults.add(INTERRUPTED, not_shown(times=None))
    result = rehearse()
    name = next(iter(account.endpoints.keys() - {NAME}))
    assert result.exit_code == 1
    assert account.waits * copies.POLL_S == 120
    assert "may cost money: AWS did not show it for 2 min, and may show it later" in words(result)
    assert result.output.endswith(by_hand(name))


def test_the_command_that_deletes_a_copy_names_the_profile(account: Account) -> None:
    command = "\n".join(copies.deletion(account.sagemaker, "my profile", "a-copy"))
    assert shlex.split(command.replace("\\\n", ""))[2:] == [
        "delete-endpoint", "--region", "us-east-1", "--profile", "my profile",
        "--endpoint-name", "a-copy",
    ]  # fmt: skip


def test_a_closed_pipe_stops_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """As of `| head`. What it does not read goes to standard error."""
    reading, writing = os.pipe()
    account.during = {1: lambda: os.close(reading)}
    with os.fdopen(writing, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert app(["rehearse", NAME, "--yes"], standalone_mode=False) in (None, 0)
    assert "The copy is deleted." in capfd.readouterr().err
    assert account.endpoints == {NAME: "InService"}


def test_a_second_ctrl_c_leaves_the_copy_to_the_next_run(account: Account) -> None:
    account.during = {3: ctrl_c, 5: ctrl_c}
    result = rehearse()
    name = next(iter(account.endpoints.keys() - {NAME}))
    assert result.exit_code == 1
    assert "The copy is not deleted, and may cost money. Run this command again" in words(result)
    assert result.output.endswith(by_hand(name))
    again = rehearse()
    assert again.exit_code == 0
    assert f"Left over from an earlier run, and deleted first: {name}" in words(again)
    assert account.endpoints == {NAME: "InService"}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(Throttled(), operation="DescribeEndpoint", nth=4, times=12),
                     id="throttled"),
        pytest.param(Fault(RequestLost(), operation="DescribeEndpoint", nth=4, times=12),
                     id="no network"),
        pytest.param(Fault(Throttled(), operation="DeleteEndpoint", times=12),
                     id="the delete is throttled"),
    ],
)  # fmt: skip
def test_a_call_that_is_not_answered_does_not_end_the_wait(account: Account, fault: Fault) -> None:
    account.cloud.faults.add(fault)
    assert rehearse().exit_code == 0
    assert len(account.cloud.faults.hits) == 12
    assert account.endpoints == {NAME: "InService"}


def test_credentials_that_end_during_the_wait_leave_the_copy_and_say_so(account: Account) -> None:
    expired = Failed("ExpiredTokenException", "The security token included is expired")
    account.cloud.faults.add(Fault(expired, operation="DescribeEndpoint", nth=4, times=None))
    result = rehearse()
    name = next(iter(account.endpoints.keys() - {NAME}))
    assert result.exit_code == 1
    assert "The copy is not deleted, and may cost money: DescribeEndpoint: Expired" in words(result)
    assert result.output.endswith(by_hand(name))

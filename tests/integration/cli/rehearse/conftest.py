"""The account of a rehearsal, opened with settings of the cloud."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from lowtide_cli.rehearse import copies
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.settings import CloudSettings
from tests.integration.cli.rehearse.account import START, Account, Open


@pytest.fixture
def open_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    with ExitStack() as opened:

        def enter(**settings: Any) -> Account:
            cloud = Cloud(START, CloudSettings(**{"provisioning_s": (60, 90)} | settings))
            account = Account(opened.enter_context(cloud))
            monkeypatch.setattr(copies, "sleep", account.wait)
            account.create()
            return account

        yield enter


@pytest.fixture
def account(open_account: Open) -> Account:
    return open_account()

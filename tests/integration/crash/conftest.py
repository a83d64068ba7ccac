"""The stage that cases are played on."""

from collections.abc import Iterator

import pytest

from tests.integration.crash.setup import Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage

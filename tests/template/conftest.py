from pathlib import Path

import pytest

from tests.template.transformed import Transformed


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def template(root: Path) -> Transformed:
    """The template of `dev`, with the defaults of its other parameters."""
    return Transformed(root / "template.yaml")

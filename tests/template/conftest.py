from pathlib import Path

import pytest

from lowtide_workbench.aws.deployment.template import Template


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def template(root: Path) -> Template:
    """The template as the lint sees it: with defaults, and names made up for what is deployed."""
    path = root / "template.yaml"
    names = {name: f"<{name}>" for name in Template.load(path).document["Resources"]}
    arns = {f"{name}.Arn": f"<{name}.Arn>" for name in names}
    queue_names = {f"{name}.QueueName": f"<{name}.QueueName>" for name in names}
    return Template.load(path).knowing({**names, **arns, **queue_names})

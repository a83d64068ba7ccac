from pathlib import Path

import pytest

from lowtide_workbench.aws.deployment.template import Template


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def template(root: Path) -> Template:
    """The template of `dev`, with defaults, and names made up for what is deployed."""
    path = root / "template.yaml"
    dev = Template.load(path, {"Environment": "dev"})
    names = {name: f"<{name}>" for name in dev.document["Resources"]}
    arns = {f"{name}.Arn": f"<{name}.Arn>" for name in names}
    queue_names = {f"{name}.QueueName": f"<{name}.QueueName>" for name in names}
    return dev.knowing({**names, **arns, **queue_names})

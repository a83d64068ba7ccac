"""A project whose functions only write down what they are given."""

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.lambda_service.function import Function
from lowtide_workbench.aws.lambda_service.handler import Configuration
from lowtide_workbench.aws.stack import Stack

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SPEAKS = """
    import json

    def lambda_handler(event, context):
        print(json.dumps(event))
"""


class Project:
    """The repository's template over functions of the test's own."""

    def __init__(self, root: Path, cloud: Cloud) -> None:
        self.root = root
        self.cloud = cloud
        self.template = root / "template.yaml"
        shutil.copy(Path(__file__).parents[3] / "template.yaml", self.template)
        for name in ("scheduler", "reconciler", "publisher", "control", "planner"):
            self.write(name, SPEAKS)

    def write(self, function: str, code: str) -> Path:
        folder = self.root / "functions" / function
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "app.py").write_text(textwrap.dedent(code), encoding="utf-8")
        return folder

    def rewrite(self, text: str, replacement: str) -> None:
        """In the template."""
        before = self.template.read_text(encoding="utf-8")
        assert text in before
        self.template.write_text(before.replace(text, replacement), encoding="utf-8")

    def invoke_config(self, function: str, config: Mapping[str, int] | None) -> None:
        """None: without EventInvokeConfig, so by Lambda's defaults."""
        self._set(function, "EventInvokeConfig", config)

    def timeout(self, function: str, seconds: int) -> None:
        self._set(function, "Timeout", seconds)

    def _set(self, function: str, name: str, value: object) -> None:
        """A property of a function in the template; None takes it away."""
        document = yaml_parse(self.template.read_text(encoding="utf-8"))
        (properties,) = (
            resource["Properties"]
            for resource in document["Resources"].values()
            if resource.get("Properties", {}).get("CodeUri") == f"functions/{function}/"
        )
        properties.pop(name, None)
        if value is not None:
            properties[name] = value
        self.template.write_text(json.dumps(document), encoding="utf-8")  # YAML as well

    def load(self, code: str, environment: Mapping[str, str] | None = None) -> Function:
        configuration = Configuration(self.write("scheduler", code), environment or {})
        return Function.started("scheduler", configuration)

    def logged(self, function: Function) -> list[Any]:
        """What a function wrote, each line a JSON document."""
        return [json.loads(line) for line in function.log]

    def pass_minutes(self, count: int = 1) -> None:
        self.cloud.advance(self.cloud.clock.now() + timedelta(minutes=count))

    def deploy(self, **parameters: str) -> Stack:
        """Without roles: functions of a test call what the template's roles do not allow."""
        config = self.root / "endpoints.yaml"
        config.write_text("endpoints: []")
        stack = Stack.deploy(self.cloud, self.template, config_path=config, parameters=parameters)
        self.cloud.roles.clear()
        return stack


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(START) as cloud:
        yield cloud


@pytest.fixture
def project(tmp_path: Path, cloud: Cloud) -> Project:
    return Project(tmp_path, cloud)

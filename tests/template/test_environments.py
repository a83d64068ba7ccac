"""samconfig.toml, the config files and the test events fit the template."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from lowtide import config
from tests.template.transformed import Transformed

ENVIRONMENTS = ("dev", "staging", "prod")
EVENTS = {
    "scheduler-minute",
    "scheduler-state-change",
    "reconciler-step",
    "publisher-minute",
    "control-wake",
    "control-sleep",
    "control-auto",
    "control-pause",
    "control-resume",
    "control-status",
    "control-preview",
    "control-explain",
}


def deployed(root: Path, environment: str) -> dict[str, Any]:
    settings = tomllib.loads((root / "samconfig.toml").read_text(encoding="utf-8"))
    parameters: dict[str, Any] = settings[environment]["deploy"]["parameters"]
    return parameters


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_is_deployed_with_its_file(
    root: Path, template: Transformed, environment: str
) -> None:
    parameters = deployed(root, environment)
    assert parameters["stack_name"] == f"lowtide-{environment}"
    assert parameters["parameter_overrides"] == f"Environment={environment}"
    assert parameters["capabilities"] == "CAPABILITY_IAM"
    assert parameters["resolve_s3"] is True
    assert environment in template.document["Parameters"]["Environment"]["AllowedValues"]
    loaded = config.load(root / "layers/config/endpoints" / f"{environment}.yaml")
    assert loaded.endpoints
    assert not loaded.errors


def test_dev_is_the_default_and_prod_asks_before_it_changes_anything(root: Path) -> None:
    assert deployed(root, "default") == deployed(root, "dev")
    assert deployed(root, "prod")["confirm_changeset"] is True


def test_each_file_has_its_environment(root: Path) -> None:
    files = {path.stem for path in (root / "layers/config/endpoints").iterdir()}
    assert files == set(ENVIRONMENTS)


def test_there_is_an_event_for_each_trigger_and_request(root: Path) -> None:
    assert {path.stem for path in (root / "events").glob("*.json")} == EVENTS


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_event_is_json_for_a_function_of_the_template(
    root: Path, template: Transformed, name: str
) -> None:
    event = json.loads((root / "events" / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(event, dict)
    assert f"{name.partition('-')[0].capitalize()}Function" in template.resources


def test_the_rule_of_the_template_matches_the_state_change_event(
    root: Path, template: Transformed
) -> None:
    event = json.loads((root / "events/scheduler-state-change.json").read_text(encoding="utf-8"))
    (rule,) = template.of("AWS::Events::Rule").values()
    assert all(event[key] in values for key, values in rule["EventPattern"].items())

"""samconfig.toml, the config files and the test events fit the template."""

import json
import re
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
    "planner-minute",
    "control-wake",
    "control-sleep",
    "control-auto",
    "control-pause",
    "control-resume",
    "control-status",
    "control-preview",
    "control-explain",
}


_PARAMETER = re.compile(r'^  (?:# )?"(\w+)=(.*?)",', re.MULTILINE)


@pytest.fixture(scope="module")
def samconfig(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "samconfig.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_is_deployed_with_its_file(
    root: Path, samconfig: dict[str, Any], environment: str
) -> None:
    stack = f"lowtide-{environment}"
    assert samconfig[environment]["global"]["parameters"] == {"stack_name": stack}
    deployed = samconfig[environment]["deploy"]["parameters"]
    assert deployed.get("confirm_changeset", False) is (environment == "prod")
    assert deployed | {"confirm_changeset": False} == {
        "capabilities": "CAPABILITY_IAM",
        "resolve_s3": True,
        "s3_prefix": stack,  # a shared one: sam delete of dev removes what a rollback of prod needs
        "fail_on_empty_changeset": False,
        "confirm_changeset": False,
        "tags": ["application=lowtide", f"environment={environment}"],
        "parameter_overrides": [f"Environment={environment}"],
    }
    loaded = config.load(root / "layers/config/endpoints" / f"{environment}.yaml")
    assert loaded.endpoints
    assert not loaded.errors


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_parameter_stands_ready_with_its_default_or_an_example(
    root: Path, template: Transformed, environment: str
) -> None:
    text = (root / "samconfig.toml").read_text(encoding="utf-8")
    _, section = text.split(f"[{environment}.deploy.parameters]")
    shown = dict(_PARAMETER.findall(section.partition("\n]")[0]))
    parameters = template.document["Parameters"]
    assert shown.keys() == parameters.keys()
    for name, value in shown.items():
        default = parameters[name].get("Default") or value
        assert value == str(default), name
        assert re.fullmatch(parameters[name].get("AllowedPattern", ".*"), value), name


def test_no_environment_is_deployed_unasked(samconfig: dict[str, Any]) -> None:
    assert "deploy" not in samconfig["default"]
    assert "global" not in samconfig["default"]


def test_each_file_has_its_environment(root: Path, samconfig: dict[str, Any]) -> None:
    files = {path.stem for path in (root / "layers/config/endpoints").iterdir()}
    assert files == set(ENVIRONMENTS) == samconfig.keys() - {"version", "default"}


@pytest.mark.parametrize(
    ("name", "accepted"),
    [("dev", True), ("team-a.eu_1", True), ("../prod", False), ("", False), (".hidden", False)],
)
def test_an_environment_has_any_name_of_a_file(
    template: Transformed, name: str, accepted: bool
) -> None:
    pattern = template.document["Parameters"]["Environment"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, name)) is accepted


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

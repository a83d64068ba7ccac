"""The JSON Schema for editors: up to date, and of one mind with the parser."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from lowtide import config
from lowtide.config.yaml_text import read
from lowtide_cli.main import app
from lowtide_cli.schedules.schema import schema_text

COMMITTED = Path("layers/config/endpoints.schema.json")
ENVIRONMENTS = [Path(f"layers/config/endpoints/{name}.yaml") for name in ("dev", "staging", "prod")]
WINDOW = '{start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}'
GOOD = f"endpoints: [{{name: e, schedule: {{timezone: UTC, windows: [{WINDOW}]}}}}]"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(COMMITTED.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def raw(text: str) -> Any:
    parsed, errors = read(text)
    assert errors == ()
    return parsed


def test_the_schema_beside_the_files_is_the_one_of_the_models() -> None:
    remedy = f"run `lowtide schema > {COMMITTED}`"
    assert COMMITTED.read_text(encoding="utf-8") == schema_text(), remedy


def test_the_command_prints_it() -> None:
    result = CliRunner().invoke(app, ["schema"])
    assert result.exit_code == 0
    assert result.output == schema_text()


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.stem)
def test_the_files_name_the_schema_and_pass(path: Path, validator: Draft202012Validator) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named is not None
    assert (path.parent / named[1]).resolve() == COMMITTED.resolve()
    assert list(validator.iter_errors(raw(text))) == []


def test_the_example_of_the_docs_passes(validator: Draft202012Validator) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", _page(), re.DOTALL)
    assert list(validator.iter_errors(raw(example))) == []
    assert config.parse(example).errors == ()


def definitions(validator: Draft202012Validator) -> list[Any]:
    assert isinstance(validator.schema, dict)
    return list(validator.schema["$defs"].values())


def _page() -> str:
    return Path("docs/reference/the-file.md").read_text(encoding="utf-8")


def test_the_page_speaks_of_every_key(validator: Draft202012Validator) -> None:
    models = [validator.schema, *definitions(validator)]
    keys = {key for model in models for key in model.get("properties", {})}
    assert {key for key in keys if key not in _page()} == set()


VALID = {
    "nothing to manage": "{}",
    "an inline schedule": GOOD,
    "always": "endpoints: [{name: e, schedule: always}]",
    "all forms of closed": GOOD.replace("timezone: UTC", "timezone: UTC, closed: [2026-12-24, "
            "{from: 2026-12-28, to: 2026-12-31}, {country: US}, {country: US, subdivision: NY}]"),
    "all forms of open": GOOD.replace("timezone: UTC", "timezone: UTC, open: ["
            "{from: 2026-12-29T9:00, to: 2026-12-29T24:00}, "
            "{from: 2026-12-30 09:00, to: 2026-12-30T14:00-05:00}]"),
    "all changes of an endpoint": GOOD.replace("name: e", "name: e, config: [a, b], "
            "ready: after-start, "
            "timezone: Asia/Tokyo, delete_cloudformation_owned: true, drain: {then: stay}"),
    "AWS's dialect": GOOD.replace("0 8 * * MON-FRI", "cron(0 8 ? * MON-FRI *)"),
    "blanks in brackets": GOOD.replace("0 8 * * MON-FRI", "cron( 0 8 ? * MON-FRI * )"),
    "a window's own clock": GOOD.replace("stop:", "timezone: Europe/Berlin, stop:"),
    "half a stream": GOOD.replace("name: e", "name: e, scaling: {capacity: {ml.g6.xlarge: 2.5}}"),
}  # fmt: skip


@pytest.mark.parametrize("text", VALID.values(), ids=VALID)
def test_what_the_parser_takes_the_schema_takes(text: str, validator: Draft202012Validator) -> None:
    assert config.parse(text).errors == ()
    assert list(validator.iter_errors(raw(text))) == []


@pytest.mark.parametrize(
    ("good", "broken"),
    [
        pytest.param("endpoints", "endpoint", id="a mistyped key at the top"),
        pytest.param("windows", "window", id="a mistyped key of a schedule"),
        pytest.param("name: e, ", "", id="an endpoint without a name"),
        pytest.param('start: "0 8 * * MON-FRI", ', "", id="a window without a start"),
        pytest.param("name: e", "name: 5", id="a number as a name"),
        pytest.param("name: e", "name: my_endpoint", id="a name that SageMaker refuses"),
        pytest.param("UTC", "EST", id="an abbreviation of a time zone"),
        pytest.param("0 8 * * MON-FRI", "8:00", id="a time of day"),
        pytest.param("0 8 * * MON-FRI", "cron(0 8 ? * MON)", id="AWS's dialect with five fields"),
        pytest.param("0 8 * * MON-FRI", "0 8 ? * MON", id="AWS's ? in five fields"),
        pytest.param("0 8 * * MON-FRI", "@daily", id="a name for a cron expression"),
        pytest.param("UTC", "UTC, closed: [24.12.2026]", id="a date of another order"),
        pytest.param("UTC", "UTC, closed: [{from: 2026-12-24}]", id="a range without an end"),
        pytest.param("UTC", "UTC, closed: [{country: Germany}]", id="a country by name"),
        pytest.param("UTC", "UTC, open: [2026-12-24]", id="a date as open hours"),
        pytest.param("name: e", "name: e, ready: now", id="a choice that there is not"),
        pytest.param("name: e", "name: e, config: []", id="no configuration"),
        pytest.param("name: e", "name: e, drain: {deadline: 35}", id="no unit"),
        pytest.param(
            "name: e", "name: e, scaling: {capacity: {ml.g6.xlarge: 0}}", id="a capacity of zero"
        ),
        pytest.param("name: e", "name: e, scaling: {}", id="scaling without capacities"),
    ],
)
def test_what_the_schema_refuses_the_parser_refuses(
    good: str, broken: str, validator: Draft202012Validator
) -> None:
    assert good in GOOD
    text = GOOD.replace(good, broken)
    assert list(validator.iter_errors(raw(text)))
    assert config.parse(text).errors

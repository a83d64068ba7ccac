"""`lowtide rehearse` in an account: what it says, what is left, and what it never touches."""

import re
from typing import Any

import pytest
from typer.testing import CliRunner

from lowtide_cli.main import app
from lowtide_cli.rehearse import copies, source
from lowtide_cli.status.invoke import RequestRefusedError
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.aws.settings import ModelFailure, Quotas
from lowtide_workbench.fleet.pools import Drought
from tests.fixtures.pages import output_of
from tests.integration.cli.rehearse.account import (
    CONFIG,
    NAME,
    START,
    Account,
    Open,
    rehearse,
    words,
)

COPY = re.compile(rf"{NAME}-rehearsal-[0-9a-f]{{6}}")
CODES = re.compile(r"\x1b\[[0-9;?]*[^0-9;?A]")
DENIED = Failed("AccessDeniedException", "not authorized to perform: sagemaker:CreateEndpoint")


def test_a_copy_comes_into_service_is_reported_and_deleted(account: Account) -> None:
    result = rehearse()
    assert result.exit_code == 0
    text = words(result)
    assert COPY.search(text)
    assert "with 2 ml.g6.2xlarge: $2.44 an hour (us-east-1 list price, not verified)." in text
    assert re.search(r"came into service after \d+ min, with 2 ml.g6.2xlarge\.", text)
    assert re.search(r"deleted\. It cost about \$0\.\d\d: 2 ml.g6.2xlarge for \d+ min\.", text)
    assert account.endpoints == {NAME: "InService"}


def test_the_page_shows_what_is_printed(open_account: Open) -> None:
    """But for the name, which is new each time."""
    account = open_account(provisioning_s=(400, 400))
    account.advance(300)
    printed = COPY.sub("NAME", rehearse().output)
    assert COPY.sub("NAME", output_of("rehearse").text) == printed
    assert account.endpoints == {NAME: "InService"}


def drought() -> dict[str, Any]:
    """From five minutes after the start, so that the endpoint itself finds capacity."""
    lasts = Drought(START.timestamp() + 300, 1e12)
    return {"droughts": {"ml.g6.2xlarge": [lasts]}, "provisioning_timeout_s": 480.0}


@pytest.mark.parametrize(
    ("settings", "fault", "expected"),
    [
        pytest.param(drought(), None, "It is Failed after 8 min. AWS says: Unable to provision",
                     id="no capacity"),
        pytest.param({"quotas": Quotas(instances=3)}, None,
                     "AWS says: CreateEndpoint: ResourceLimitExceeded", id="a quota, at once"),
        pytest.param({}, Fault(DENIED, operation="CreateEndpoint"),
                     "AWS says: CreateEndpoint: AccessDeniedException: not authorized to perform: "
                     "sagemaker:CreateEndpoint", id="denied"),
    ],
)  # fmt: skip
def test_a_copy_that_fails_is_reported_in_the_words_of_aws_and_deleted(
    open_account: Open, settings: dict[str, Any], fault: Fault | None, expected: str
) -> None:
    account = open_account(**settings)
    account.cloud.faults.add(*([fault] if fault else []))
    result = rehearse()
    assert result.exit_code == 1
    assert expected in words(result)
    assert "is not deleted" not in words(result)
    assert account.endpoints == {NAME: "InService"}


def test_artefacts_that_are_gone_are_found(open_account: Open) -> None:
    failures = dict[str, ModelFailure]()
    account = open_account(failures=failures)
    failures["model"] = ModelFailure.MISSING_ARTEFACTS
    result = rehearse()
    assert result.exit_code == 1
    assert "AWS says: Failed to download model data" in words(result)
    assert account.endpoints == {NAME: "InService"}


@pytest.mark.parametrize("kind", ["model", "endpoint-config"])
def test_a_missing_part_is_named_before_anything_is_created(account: Account, kind: str) -> None:
    if kind == "model":
        account.sagemaker.delete_model(ModelName="model")
    else:
        account.sagemaker.delete_endpoint_config(EndpointConfigName=CONFIG)
    result = rehearse()
    what = "model model" if kind == "model" else f"endpoint configuration {CONFIG}"
    assert result.exit_code == 1
    assert result.output == f"{NAME} cannot be created again. Missing: {what}\n"


def test_a_copy_that_takes_too_long_is_deleted_once_aws_allows_it(open_account: Open) -> None:
    account = open_account(**drought())
    result = rehearse("--timeout", "5m")
    assert result.exit_code == 1
    assert "It is not in service after 5 min. SageMaker deletes no endpoint that" in words(result)
    assert account.endpoints == {NAME: "InService"}


def test_with_keep_the_copy_stays_also_for_the_next_run(account: Account) -> None:
    assert rehearse("--keep").exit_code == 0
    kept = account.endpoints
    assert list(kept.values()) == ["InService", "InService"]
    assert rehearse().exit_code == 0
    assert account.endpoints == kept


def test_only_copies_of_this_endpoint_are_taken_for_left_over(account: Account) -> None:
    other = account.copy(tag=f"{NAME}-rehearsal")
    assert "Left over" not in rehearse().output
    assert account.endpoints == {NAME: "InService", other: "InService"}


def test_an_endpoint_that_has_the_name_already_is_not_deleted(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda *_: "00aa00")
    name = account.copy(tag="another")
    result = rehearse()
    assert result.exit_code == 1
    assert f"it has no tag lowtide:rehearsal={NAME}" in words(result)
    assert account.endpoints[name] == "InService"


@pytest.mark.parametrize("answer", ["n\n", "\n", ""], ids=["no", "return", "no terminal"])
def test_nothing_is_created_without_a_yes(account: Account, answer: str) -> None:
    result = rehearse(answer=answer)
    assert (result.exit_code, result.stderr) == (2, "Nothing was created.\n")
    assert account.waits == 0


def test_a_yes_is_enough(account: Account) -> None:
    assert rehearse(answer="y\n").exit_code == 0
    assert account.waits > 0


SAVED = {"config": {"pinned": None}, "saved": {"config": CONFIG}}
PINNED = {"config": {"pinned": CONFIG}, "saved": {"config": "older"}}


@pytest.mark.parametrize("answer", [SAVED, PINNED], ids=["saved", "pinned before saved"])
def test_of_an_endpoint_that_is_asleep_the_stack_knows_the_configuration(
    account: Account, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]
) -> None:
    account.sagemaker.delete_endpoint(EndpointName=NAME)
    account.advance(600)
    monkeypatch.setattr(source, "invoke", lambda *_: answer)
    result = rehearse("--stack", "lowtide-prod")
    assert (result.exit_code, CONFIG in result.output) == (0, True)
    assert account.endpoints == {}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param({"config": {"pinned": None}, "saved": None}, "and was never saved",
                     id="the stack has no snapshot"),
        pytest.param(RequestRefusedError("there is no function"), "now; there is no function",
                     id="there is no such stack"),
    ],
)  # fmt: skip
def test_without_a_known_configuration_config_names_it(
    account: Account, monkeypatch: pytest.MonkeyPatch, answer: Any, expected: str
) -> None:
    def invoke(*_: object) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    account.sagemaker.delete_endpoint(EndpointName=NAME)
    account.advance(600)
    monkeypatch.setattr(source, "invoke", invoke)
    result = rehearse()
    assert result.exit_code == 2
    assert expected in result.output
    assert "name it by --config" in result.output
    assert rehearse("--config", CONFIG).exit_code == 0


def test_a_kind_that_is_never_deleted_is_not_rehearsed(account: Account) -> None:
    variant = {"VariantName": "v", "ModelName": "model", "InstanceType": "ml.g6.2xlarge"}
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="queue",
        ProductionVariants=[variant | {"InitialInstanceCount": 1}],
        AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://bucket/out"}},
    )
    result = rehearse("--config", "queue")
    expected = "queue is for an endpoint that Lowtide never deletes: asynchronous\n"
    assert (result.exit_code, result.output) == (2, expected)


def test_the_longest_name_has_a_copy() -> None:
    name = copies.name_for("a" * 40 + "-" * 10 + "b" * 13)
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", name)
    assert name.startswith("a" * 40 + "-rehearsal-")


@pytest.mark.usefixtures("account")
def test_the_longest_names_are_whole_on_a_terminal_and_the_bar_shows_the_minutes() -> None:
    arguments = ["rehearse", "e" * 63, "--yes", "--config", CONFIG]
    terminal = {"COLUMNS": "80", "FORCE_COLOR": "1"}
    output = CliRunner().invoke(app, arguments, env=terminal).output
    lines = [line.strip() for line in re.split(r"[\r\n]|\x1b\[1A", CODES.sub("", output))]
    assert max(map(len, lines)) <= 80
    assert any(re.fullmatch(r"e+-rehearsal-[0-9a-f]{6}", line) for line in lines)
    assert any(re.fullmatch(r"Creating ━+ 1 min", line) for line in lines)

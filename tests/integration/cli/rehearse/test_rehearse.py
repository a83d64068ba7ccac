"""`lowtide rehearse` in an account: what it says, what is left, and what it never touches."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from lowtide_cli.main import app
from lowtide_cli.rehearse import copies, source
from lowtide_cli.status.invoke import RequestRefusedError
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.protocol.faults import Failed, Fault, RequestLost, Throttled
from lowtide_workbench.aws.settings import CloudSettings, ModelFailure, Quotas
from lowtide_workbench.fleet.pools import Drought
from tests.fixtures.pages import output_of

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
NAME, CONFIG = "my-endpoint", "my-config"
COPY = re.compile(rf"{NAME}-rehearsal-[0-9a-f]{{6}}")
CODES = re.compile(r"\x1b\[[0-9;?]*[^0-9;?A]")
DENIED = Failed("AccessDeniedException", "not authorized to perform: sagemaker:CreateEndpoint")


class Account:
    """The endpoint is in service with two instances; the command's waiting moves the clock."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.sagemaker: Any = boto3.client("sagemaker")
        self.interrupt_at = set[int]()  # the number of a wait in which Ctrl-C is pressed
        self.waits = 0

    def create(self) -> None:
        role = "arn:aws:iam::123456789012:role/sagemaker-execution"
        package = {"ModelPackageName": "speech-to-text"}
        self.sagemaker.create_model(
            ModelName="model", ExecutionRoleArn=role, PrimaryContainer=package
        )
        variant = {"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 2}
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=CONFIG,
            ProductionVariants=[variant | {"InstanceType": "ml.g6.2xlarge"}],
        )
        self.sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=CONFIG)
        self.advance(300)

    def advance(self, seconds: float) -> None:
        self.cloud.advance(self.cloud.clock.now() + timedelta(seconds=seconds))

    def wait(self, seconds: float) -> None:
        self.waits += 1
        self.advance(seconds)
        if self.waits in self.interrupt_at:
            raise KeyboardInterrupt

    def copy(self, tag: str, name: str = f"{NAME}-rehearsal-00aa00") -> str:
        tags = [{"Key": "lowtide:rehearsal", "Value": tag}]
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=CONFIG, Tags=tags)
        self.advance(300)
        return name

    @property
    def endpoints(self) -> dict[str, str]:
        listed = self.sagemaker.list_endpoints()["Endpoints"]
        return {each["EndpointName"]: each["EndpointStatus"] for each in listed}


type Open = Callable[..., Account]


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


def rehearse(*options: str, answer: str | None = None) -> Result:
    arguments = ["rehearse", NAME, *(["--yes"] if answer is None else []), *options]
    return CliRunner().invoke(app, arguments, input=answer, env={"COLUMNS": "80"})


def words(result: Result) -> str:
    assert max(map(len, result.output.splitlines())) <= 80
    return " ".join(result.output.split())


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


def test_ctrl_c_deletes_the_copy(account: Account) -> None:
    account.interrupt_at = {3}
    result = rehearse()
    assert result.exit_code == 1
    assert "Interrupted. SageMaker deletes no endpoint that is Creating" in words(result)
    assert "It cost at most $0." in words(result)
    assert account.endpoints == {NAME: "InService"}


def test_a_second_ctrl_c_leaves_the_copy_to_the_next_run(account: Account) -> None:
    account.interrupt_at = {3, 5}
    result = rehearse()
    name = next(iter(account.endpoints.keys() - {NAME}))
    assert result.exit_code == 1
    assert f"may cost money. Run this command again, or delete by hand: {name}" in words(result)
    again = rehearse()
    assert again.exit_code == 0
    assert f"Left over from an earlier run, and deleted first: {name}" in words(again)
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


@pytest.mark.parametrize("effect", [Throttled(), RequestLost()], ids=["throttled", "no network"])
def test_a_call_that_is_not_answered_does_not_end_the_wait(account: Account, effect: Any) -> None:
    fault = Fault(effect, operation="DescribeEndpoint", nth=4, times=12)
    account.cloud.faults.add(fault)
    assert rehearse().exit_code == 0
    assert len(account.cloud.faults.hits) == 12
    assert account.endpoints == {NAME: "InService"}


def test_credentials_that_end_during_the_wait_leave_the_copy_and_say_so(account: Account) -> None:
    expired = Failed("ExpiredTokenException", "The security token included is expired")
    account.cloud.faults.add(Fault(expired, operation="DescribeEndpoint", nth=4, times=None))
    result = rehearse()
    name = next(iter(account.endpoints.keys() - {NAME}))
    assert result.exit_code == 1
    assert "The copy is not deleted, and may cost money: DescribeEndpoint: Expired" in words(result)
    assert result.output.endswith(f"or delete by hand:\n  {name}\n")


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

"""`lowtide verify-metrics` against accounts of several meanings."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from lowtide_cli.main import app
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.aws.settings import CloudSettings, Samples
from tests.fixtures.pages import output_of

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
NAME = "my-endpoint"
POOLS = {
    "InstancePools": [
        {"InstanceType": "ml.g6.2xlarge", "Priority": 1},
        {"InstanceType": "ml.g6e.2xlarge", "Priority": 2},
    ]
}


class Account:
    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.sagemaker: Any = boto3.client("sagemaker")

    def create(self, *variants: str, count: int = 2, pools: bool = True, **config: Any) -> None:
        each = {"ModelName": "model", "InitialInstanceCount": count, "InitialVariantWeight": 1.0}
        each |= POOLS if pools else {"InstanceType": "ml.g6.2xlarge"}
        each["RoutingConfig"] = {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}
        self.sagemaker.create_endpoint_config(
            EndpointConfigName="config",
            ProductionVariants=[{"VariantName": v} | each for v in variants or ("AllTraffic",)],
            **config,
        )
        self.sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName="config")

    def wait(self, minutes: float) -> None:
        self.cloud.advance(self.cloud.clock.now() + timedelta(minutes=minutes))

    def open_streams(self, count: int) -> None:
        """Opens streams that last half an hour; seven minutes of it pass."""
        now = self.cloud.clock.seconds()
        self.cloud.traffic(NAME, [(now + 1, 1800)] * count)
        self.wait(7)


type Open = Callable[..., Account]


@pytest.fixture
def open_account() -> Iterator[Open]:
    with ExitStack() as opened:

        def enter(**settings: Any) -> Account:
            return Account(opened.enter_context(Cloud(START, CloudSettings(**settings))))

        yield enter


@pytest.fixture
def account(open_account: Open) -> Account:
    """Two instances, idle for 30 minutes."""
    account = open_account()
    account.create()
    account.wait(30)
    return account


def verify(*options: object) -> Result:
    arguments = ["verify-metrics", "--endpoint", NAME, *map(str, options)]
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})


def output(*options: object) -> dict[str, Any]:
    result = verify("--json", *options)
    assert result.exit_code == (0 if json.loads(result.stdout)["decided"] else 3)
    return dict(json.loads(result.stdout))


@pytest.mark.parametrize(
    ("samples", "zeros", "pools", "total"),
    [
        pytest.param(Samples.EACH_INSTANCE, False, True, "sum", id="each, silent, pools"),
        pytest.param(Samples.MEAN, True, True, "average", id="mean, zeros, pools"),
        pytest.param(Samples.TOTAL, True, False, "sum", id="total, zeros, one type"),
        pytest.param(Samples.TOTAL, False, True, None, id="total, silent, pools: open"),
    ],
)
def test_an_account_of_each_meaning(
    open_account: Open, samples: Samples, total: str | None, *, zeros: bool, pools: bool
) -> None:
    account = open_account(samples=samples, zeros_when_idle=zeros)
    account.create(pools=pools)
    account.wait(30)
    account.open_streams(12)
    answer = output("--streams", 12)
    assert (answer["total"], answer["idle"]) == (total, "zeros" if zeros else "silent")


def test_the_verdict_ends_with_the_line_for_the_file(account: Account) -> None:
    account.open_streams(12)
    result = verify("--streams", 12)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[-1] == "metrics: {idle: zeros, total: sum}"
    assert "Each instance makes samples of its own, so a Sum gives the streams." in lines
    assert "AWS's own metric math of Sum and SampleCount would be exact here." in lines


def test_the_page_shows_what_is_printed(open_account: Open) -> None:
    account = open_account()
    account.create(count=3)
    account.wait(40)
    account.open_streams(18)
    account.wait(3)
    printed = [line.rstrip() for line in verify("--streams", 18).stdout.splitlines()]
    assert printed == output_of("verify-metrics").lines


def test_four_calls_are_enough_and_all_of_them_read(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    del account
    calls: Counter[str] = Counter()
    session: Any = boto3.Session()
    monkeypatch.setattr("boto3.Session", lambda **_: session)
    session.events.register("before-call", lambda model, **_: calls.update([model.name]))
    output()
    assert calls == dict.fromkeys(
        ("DescribeEndpoint", "DescribeEndpointConfig", "ListMetrics", "GetMetricData"), 1
    )


def test_an_open_question_comes_with_what_decides_it_and_changed_minutes_are_left_out(
    open_account: Open,
) -> None:
    account = open_account()
    account.create(count=1)
    account.wait(30)
    assert (
        "Open: total; with fewer than 2 instances of one type all meanings look alike. "
        "To decide it: hold 12 streams on at least 2 instances of one type for 7 minutes, with no "
        "other traffic, and while they last run it again with --streams 12."
    ) in " ".join(verify().stdout.split())
    change = {"VariantName": "AllTraffic", "DesiredInstanceCount": 2}
    account.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=NAME, DesiredWeightsAndCapacities=[change]
    )
    account.wait(1)
    assert verify().stderr == f"{NAME} is Updating: run it again when it is InService\n"
    account.wait(14)
    answer = output()
    changed_at = account.sagemaker.describe_endpoint(EndpointName=NAME)["LastModifiedTime"]
    assert answer["left_out"] > 0
    assert datetime.fromisoformat(answer["minutes"][0]) - changed_at >= timedelta(minutes=2)


def test_of_a_new_endpoint_too_few_minutes_are_left(open_account: Open) -> None:
    account = open_account()
    account.create()
    account.wait(11)
    assert "0 whole minutes since the instances changed are too few" in verify().stdout
    answer = output()
    assert (answer["minutes"], answer["file"]) == ([], "")


def test_other_dimension_sets_are_listed(open_account: Open) -> None:
    account = open_account()
    account.create(MetricsConfig={"EnableEnhancedMetrics": True})
    account.wait(30)
    assert ["EndpointName", "InstanceId", "VariantName"] in output()["dimension_sets"]


def test_an_endpoint_that_never_reported_is_not_called_silent(open_account: Open) -> None:
    account = open_account(zeros_when_idle=False)
    account.create()
    account.wait(40)
    answer = output()
    assert answer["idle"] is None
    assert "nothing under the dimensions of the variant, ml.g6.2xlarge" in answer["sentences"][0]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(["--minutes", 4], "--minutes: found 4, expected 5 to 170", id="minutes"),
        pytest.param(["--streams", 0], "--streams: found 0, expected a number, 1 or more",
                     id="streams"),
        pytest.param([], f"no endpoint is called '{NAME}' in this account and region",
                     id="an account without the endpoint"),
    ],
)  # fmt: skip
def test_a_question_that_is_refused(
    open_account: Open, options: list[object], expected: str
) -> None:
    open_account()
    result = verify(*options)
    assert (result.exit_code, result.stderr) == (2, f"{expected}\n")


def test_of_several_variants_one_has_to_be_named(open_account: Open) -> None:
    account = open_account()
    account.create("Blue", "Green")
    account.wait(15)
    several = f"{NAME} has several variants: say --variant, one of Blue, Green\n"
    unknown = f"--variant: {NAME} has no variant 'Red'; valid are Blue, Green\n"
    assert (verify().exit_code, verify().stderr) == (2, several)
    assert verify("--variant", "Red").stderr == unknown
    assert output("--variant", "Green")["variant"] == "Green"


def test_a_denied_call_is_one_line(account: Account) -> None:
    denied = Failed("AccessDeniedException", "not authorized to perform cloudwatch:ListMetrics")
    account.cloud.faults.add(Fault(denied, service="cloudwatch", operation="ListMetrics"))
    result = verify()
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "not authorized to perform cloudwatch:ListMetrics" in line


def test_an_endpoint_that_publishes_every_five_minutes(open_account: Open) -> None:
    account = open_account()
    slow = {"EnableEnhancedMetrics": True, "MetricPublishFrequencyInSeconds": 300}
    account.create(MetricsConfig=slow)
    account.wait(15)
    result = verify()
    assert result.exit_code == 3
    assert "publishes every 300 seconds" in result.stderr

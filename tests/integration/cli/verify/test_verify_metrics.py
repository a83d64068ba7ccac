"""`lowtide verify-metrics` as a person runs it, against accounts of each meaning."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.model import OperationModel
from typer.testing import CliRunner, Result

from lowtide_cli.main import app
from lowtide_cli.verify.probe import Query, probe
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.aws.settings import CloudSettings, Samples

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

    def scale(self, count: int) -> None:
        change = {"VariantName": "AllTraffic", "DesiredInstanceCount": count}
        self.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=NAME, DesiredWeightsAndCapacities=[change]
        )

    def hold(self, streams: int, minutes: float = 30) -> None:
        """From now on; a while of it passes."""
        now = self.cloud.clock.seconds()
        self.cloud.traffic(NAME, [(now + 1, minutes * 60)] * streams)
        self.wait(7)


type Open = Callable[..., Account]


@pytest.fixture
def open_account() -> Iterator[Open]:
    with ExitStack() as opened:

        def enter(**settings: Any) -> Account:
            return Account(opened.enter_context(Cloud(START, CloudSettings(**settings))))

        yield enter


def verify(*options: object, name: str = NAME) -> Result:
    arguments = ["verify-metrics", "--endpoint", name, *map(str, options)]
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})


def output(*options: object) -> dict[str, Any]:
    result = verify("--json", *options)
    assert result.exit_code == (0 if json.loads(result.stdout)["decided"] else 3)
    return dict(json.loads(result.stdout))


@pytest.mark.parametrize("pools", [True, False])
@pytest.mark.parametrize(
    ("samples", "zeros", "total"),
    [
        pytest.param(Samples.EACH_INSTANCE, True, "sum", id="each, zeros"),
        pytest.param(Samples.EACH_INSTANCE, False, "sum", id="each, silent"),
        pytest.param(Samples.MEAN, True, "average", id="mean, zeros"),
        pytest.param(Samples.MEAN, False, "average", id="mean, silent"),
        pytest.param(Samples.TOTAL, True, "sum", id="total, zeros"),
        pytest.param(Samples.TOTAL, False, None, id="total, silent: open"),
    ],
)
def test_an_account_of_each_meaning(
    open_account: Open, samples: Samples, total: str | None, *, zeros: bool, pools: bool
) -> None:
    account = open_account(samples=samples, zeros_when_idle=zeros)
    account.create(pools=pools)
    account.wait(30)
    account.hold(12)
    found = output("--streams", 12)
    assert (found["total"], found["idle"]) == (total, "zeros" if zeros else "silent")


def test_the_output_fits_a_terminal_and_ends_with_the_line_for_the_file(
    open_account: Open,
) -> None:
    account = open_account()
    account.create()
    account.wait(30)
    account.hold(12)
    result = verify("--streams", 12)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "metrics: {idle: zeros, total: sum}"
    assert "Each instance makes samples of its own, so a Sum gives the streams." in lines
    assert "AWS's own metric math of Sum and SampleCount would be exact here." in lines


def test_what_is_open_is_said_with_what_to_do(open_account: Open) -> None:
    account = open_account()
    account.create(count=1)
    account.wait(30)
    result = verify()
    assert result.exit_code == 3
    words = " ".join(result.stdout.split())
    assert (
        "Open: total; with fewer than 2 instances of one type all meanings look alike. "
        "To decide it: hold 12 streams on at least 2 instances of one type for 7 minutes, with no "
        "other traffic, and while they last run it again with --streams 12."
    ) in words


def test_minutes_in_which_the_counts_moved_are_left_out(open_account: Open) -> None:
    account = open_account()
    account.create(count=1)
    account.wait(30)
    account.scale(2)
    account.wait(1)
    assert verify().stderr == f"{NAME} is Updating: run it again when it is InService\n"
    account.wait(14)
    found = output()
    moved = account.sagemaker.describe_endpoint(EndpointName=NAME)["LastModifiedTime"]
    assert found["left_out"] > 0
    assert datetime.fromisoformat(found["minutes"][0]) - moved >= timedelta(minutes=2)


def test_after_a_change_too_few_minutes_are_left(open_account: Open) -> None:
    account = open_account()
    account.create()
    account.wait(11)
    found = output()
    assert (found["minutes"], found["file"]) == ([], "")


def test_other_dimension_sets_are_listed(open_account: Open) -> None:
    account = open_account()
    account.create(MetricsConfig={"EnableEnhancedMetrics": True})
    account.wait(30)
    found = output()["dimension_sets"]
    assert ["EndpointName", "InstanceId", "VariantName"] in found
    assert ["EndpointName", "InstanceType", "VariantName"] in found


def test_an_endpoint_that_never_reported_is_not_called_silent(open_account: Open) -> None:
    account = open_account(zeros_when_idle=False)
    account.create()
    account.wait(40)
    found = output()
    assert found["idle"] is None
    assert "nothing under the dimensions of the variant, ml.g6.2xlarge" in found["said"][0]


def test_few_calls_all_of_them_reading(open_account: Open) -> None:
    account = open_account()
    account.create()
    account.wait(30)
    calls: Counter[str] = Counter()

    def count(model: OperationModel, **_: object) -> None:
        calls[model.name] += 1

    boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    session.events.register("before-call", count)
    output()
    assert calls == dict.fromkeys(
        ("DescribeEndpoint", "DescribeEndpointConfig", "ListMetrics", "GetMetricData"), 1
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(["--minutes", 4], "--minutes: found 4, expected 5 to 170", id="minutes"),
        pytest.param(["--streams", 0], "--streams: found 0, expected a number, 1 or more",
                     id="streams"),
        pytest.param(["--variant", "Blue"],
                     f"--variant: {NAME} has no variant 'Blue'; valid are AllTraffic",
                     id="a variant that is not there"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused_in_a_line(
    open_account: Open, options: list[object], expected: str
) -> None:
    account = open_account()
    account.create()
    account.wait(15)
    result = verify(*options)
    assert (result.exit_code, result.stderr) == (2, f"{expected}\n")


def test_no_such_endpoint(open_account: Open) -> None:
    open_account()
    result = verify()
    expected = f"no endpoint is called '{NAME}' in this account and region\n"
    assert (result.exit_code, result.stderr) == (2, expected)


def test_of_several_variants_one_has_to_be_named(open_account: Open) -> None:
    account = open_account()
    account.create("Blue", "Green")
    account.wait(30)
    result = verify()
    expected = f"{NAME} has several variants: say --variant, one of Blue, Green\n"
    assert (result.exit_code, result.stderr) == (2, expected)
    assert output("--variant", "Green")["variant"] == "Green"


def test_a_right_that_lacks_is_reported_in_a_line(open_account: Open) -> None:
    account = open_account()
    account.create()
    account.wait(15)
    denied = Failed("AccessDeniedException", "not authorized to perform cloudwatch:ListMetrics")
    account.cloud.faults.add(Fault(denied, service="cloudwatch", operation="ListMetrics"))
    result = verify()
    assert result.exit_code == 2
    assert "not authorized to perform cloudwatch:ListMetrics" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_endpoint_that_publishes_each_five_minutes(open_account: Open) -> None:
    account = open_account()
    slow = {"EnableEnhancedMetrics": True, "MetricPublishFrequencyInSeconds": 300}
    account.create(MetricsConfig=slow)
    account.wait(30)
    result = verify()
    assert result.exit_code == 3
    assert "publishes every 300 seconds" in result.stderr


def test_two_pools_of_one_type_are_one_type(open_account: Open) -> None:
    account = open_account()
    account.create(count=3)
    account.wait(30)

    def split(parsed: dict[str, Any], **_: object) -> None:
        for variant in parsed["ProductionVariants"]:
            first = variant["InstancePools"][0]
            rest = first["CurrentInstanceCount"] - 1
            variant["InstancePools"] = [
                first | {"CurrentInstanceCount": 1},
                first | {"CurrentInstanceCount": rest},
            ]

    account.sagemaker.meta.events.register("after-call.sagemaker.DescribeEndpoint", split)
    asked = Query(NAME, None, timedelta(minutes=15))
    seen = probe(account.sagemaker, boto3.client("cloudwatch"), asked).readings
    assert [(group.instance_type, group.live) for group in seen.by_type] == [("ml.g6.2xlarge", 3)]

"""`lowtide status` against `lowtide aws`, as a person uses both."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from lowtide_cli.main import app

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FILE = """
timezone: America/New_York
endpoints:
  - {name: busy, schedule: always, scaling: {capacity: {ml.g6.2xlarge: 10}}}
  - name: night-shift
    schedule: {windows: [{start: "0 20 * * *", stop: "0 8 * * *"}]}
"""
WHERE = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/busy/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
KIND = "SageMakerVariantConcurrentRequestsPerModelHighResolution"


def build(cloud: Any, endpoint: Callable[..., None]) -> None:
    """An hour in which more calls come than its most instances hold."""
    endpoint(cloud, "busy", Tags=[{"Key": "lowtide:stack", "Value": "lowtide-dev"}])
    cloud.advance(seconds=900)
    autoscaling = cloud.client("application-autoscaling")
    autoscaling.register_scalable_target(**WHERE, MinCapacity=1, MaxCapacity=2)
    autoscaling.put_scaling_policy(
        **WHERE,
        PolicyName="follow",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 7.5,
            "PredefinedMetricSpecification": {"PredefinedMetricType": KIND},
        },
    )
    cloud.advance(seconds=2700)


@pytest.fixture(scope="module")
def cloud(
    tmp_path_factory: pytest.TempPathFactory, running: Any, endpoint: Callable[..., None]
) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("status")
    file, trace = folder / "endpoints.yaml", folder / "calls.csv"
    file.write_text(FILE)
    calls = "".join(f"{second},1200\n" for second in range(0, 86400, 30))
    trace.write_text(f"arrival_s,duration_s\n{calls}")
    options = ("--port", "0", "--speed", "0", "--start", "2026-11-23T13:00")
    played = ("--stack", str(file), "--traffic", f"busy={trace}")
    with running(folder / "log", *options, *played) as cloud, pytest.MonkeyPatch.context() as set_:
        set_.setenv("AWS_ACCESS_KEY_ID", "testing")
        set_.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        build(cloud, endpoint)
        yield cloud


@pytest.fixture(autouse=True)
def reached_by_environment(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.url)


def status(*options: str) -> Result:
    return CliRunner().invoke(app, ["status", *options], env={"COLUMNS": "80"})


def words(result: Result) -> str:
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= 80
    return " ".join(result.output.split())


def test_all_endpoints_stand_in_one_table() -> None:
    text = words(status())
    assert "busy desired awake, actual InService, 2 ml.g6.2xlarge the schedule is `always`" in text
    assert (
        "night-shift desired asleep, actual Absent no window is open until Mon 23 Nov 20:00 EST"
        in text
    )


def test_alarms_and_several_regions_are_shown_and_one_that_fails_hides_no_other() -> None:
    assert "Alarms: none" in words(status())
    result = status("--region", "us-east-1", "--region", "eu-west-1", "--profile", "absent")
    assert result.exit_code == 2
    assert result.output.count("(absent) could not be found") == 2
    assert status("--json", "--region", "us-east-1", "--region", "eu-west-1").exit_code == 2


def test_a_wake_is_asked_for_by_the_name_that_aws_knows_and_is_waited_for() -> None:
    asked = ("wake", "busy", "--for", "2h", "--reason", "a test", "--wait", "--region", "us-east-1")
    result = CliRunner().invoke(app, asked, env={"COLUMNS": "80"})
    text = words(result)
    assert "wants it awake until Mon 23 Nov 11:00 EST: a test" in text
    assert text.endswith("a test") or "in sync" in text


def test_one_endpoint_is_reported_with_why_it_does_not_grow() -> None:
    text = words(status("--endpoint", "busy"))
    assert "busy desired awake actual InService, 2 ml.g6.2xlarge because" in text
    assert "AllTraffic: 2 instances; 1 to 2 allowed" in text
    assert f"tracks {KIND} at 7.5" in text
    assert "alarm AlarmHigh: > 7.5, 3 of 3 x 10 s ALARM, reached since Mon 23 Nov 08:" in text
    assert "not scaled: it has its maximum of 2 already (AlreadyAtMaxCapacity)" in text
    assert "because monitor alarm AlarmHigh in state ALARM triggered policy follow" in text


def test_json_is_the_answer_itself(cloud: Any) -> None:
    result = status("--endpoint", "busy", "--json")
    asked = cloud.client("lambda").invoke(
        FunctionName="lowtide-dev-control",
        Payload=b'{"action": "status", "endpoint": "busy"}',
    )
    assert result.exit_code == 0
    assert json.loads(result.output) == json.load(asked["Payload"])


@pytest.mark.parametrize(
    ("environment", "options", "expected"),
    [
        pytest.param({}, ("--endpoint", "bussy"),
                     "endpoint: 'bussy' is not managed here; the file lists busy, night-shift",
                     id="an endpoint that the file does not list"),
        pytest.param({}, ("--stack", "lowtide-prod"),
                     "there is no function lowtide-prod-control in us-east-1; name the stack by"
                     " --stack", id="a stack that does not exist"),
        pytest.param({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, (),
                     "lowtide-dev-control cannot be invoked: Could not connect", id="no server"),
        pytest.param({"AWS_DEFAULT_REGION": None}, (), "You must specify a region", id="no region"),
        pytest.param({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, (),
                     "Unable to locate credentials", id="no credentials"),
        pytest.param({}, ("--profile", "absent"), "profile (absent) could not be found",
                     id="no such profile"),
    ],
)  # fmt: skip
def test_a_question_without_an_answer_is_refused_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    environment: dict[str, str | None],
    options: tuple[str, ...],
    expected: str,
) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name, value in environment.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    result = status(*options)
    assert result.exit_code == 2
    assert expected in result.output
    assert len(result.output.splitlines()) == 1

"""The piece of the file, and the commands, that carry an advice out."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta

from lowtide_cli.advise.advice import Advice
from lowtide_cli.advise.workload import MINUTE, Workload

_TARGET = 0.75
_CREATION = timedelta(minutes=15)
_BACKLOG_OF_ONE_TYPE = {
    "MetricName": "ApproximateBacklogSizePerInstance",
    "Namespace": "AWS/SageMaker",
}
_BACKLOG_OF_POOLS = {"MetricName": "WeightedBacklog", "Namespace": "Lowtide"}
# AWS's sample values.
_TRACKING = {"TargetValue": 5.0, "ScaleInCooldown": 300, "ScaleOutCooldown": 300}
_FROM_ZERO = {
    "AdjustmentType": "ChangeInCapacity",
    "MetricAggregationType": "Average",
    "Cooldown": 300,
    "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
}
# Every schedule of Lowtide's opens sooner or later. On demand, a short window is of some use.
_WEEKLY = ("0 9 * * MON", "30 9 * * MON")


def yaml(advice: Advice, workload: Workload, name: str) -> Iterator[str]:
    """Yields the lines for the file; nothing for what Lowtide does not manage."""
    if advice.kind is None or advice.nothing_for_lowtide:
        return
    zone = workload.when.timezone if workload.when else "UTC"
    yield f"timezone: {zone} # yours, as IANA names it"
    yield "endpoints:"
    yield f"  - name: {name}"
    yield from _schedule(advice, workload)
    yield from _scaling(advice, workload)


def _schedule(advice: Advice, workload: Workload) -> Iterator[str]:
    if advice.off_hours not in ("schedule", "on-demand"):
        yield "    schedule: always"
        return
    own = workload.when.windows if workload.when else ()
    windows = own if advice.off_hours == "schedule" else [_WEEKLY]
    if advice.off_hours == "on-demand":
        yield "    # a short window a week proves that it can still be created"
    yield "    schedule:"
    yield "      windows:"
    for start, stop in windows:
        yield f'        - {{start: "{start}", stop: "{stop}"}}'


def _scaling(advice: Advice, workload: Workload) -> Iterator[str]:
    types = workload.types or {}
    measured = [f"{name}: {capacity:g}" for name, capacity in types.items() if capacity is not None]
    if not measured or len(measured) < len(types):
        yield "    # scaling: measure the capacity of each type first"
        return
    yield "    scaling:"
    yield f"      capacity: {{{', '.join(measured)}}}"
    if advice.kind == "real-time":
        yield f"      target: {_TARGET}"
        yield f"      # with min: {workload.instances} and a max, Lowtide manages the scaling, too"


def commands(advice: Advice, workload: Workload, name: str) -> Iterator[str]:
    """Yields the lines of a shell, one command after another."""
    if advice.kind == "asynchronous":
        yield from _asynchronous(advice, workload, name)
    elif advice.kind == "real-time" and not advice.nothing_for_lowtide:
        yield "lowtide check layers/config/endpoints/dev.yaml"
        yield f"lowtide preview layers/config/endpoints/dev.yaml --endpoint {name}"
        yield f"lowtide rehearse {name}"
        if advice.off_hours == "on-demand" and workload.when:
            yield from _wake(name, workload.when.each)


def _wake(name: str, burst: timedelta) -> Iterator[str]:
    """Yields what a workload sends before it begins."""
    lasts = f"{(burst + _CREATION) // MINUTE}m"
    request = {"action": "wake", "endpoint": name, "for": lasts, "reason": "a job", "by": "my-job"}
    yield from _command(
        "aws lambda invoke --function-name lowtide-dev-control",
        "--cli-binary-format raw-in-base64-out",
        f"--payload {_json(request)} /dev/stdout",
    )


def _asynchronous(advice: Advice, workload: Workload, name: str) -> Iterator[str]:
    """Yields the four calls of AWS's page on scaling an asynchronous endpoint; of pools the metric
    is Lowtide's, which counts what each type works on."""
    least = 1 if advice.off_hours == "always-on" else 0
    metric = _BACKLOG_OF_POOLS if advice.fleet == "pools" else _BACKLOG_OF_ONE_TYPE
    scaled = (
        "--service-namespace sagemaker",
        f"--resource-id endpoint/{name}/variant/AllTraffic",
        "--scalable-dimension sagemaker:variant:DesiredInstanceCount",
    )
    most = max(workload.instances, 1)
    yield from _command(
        "aws application-autoscaling register-scalable-target",
        *scaled,
        f"--min-capacity {least} --max-capacity {most}",
    )
    yield from _command(
        "aws application-autoscaling put-scaling-policy --policy-name backlog",
        *scaled,
        "--policy-type TargetTrackingScaling",
        "--target-tracking-scaling-policy-configuration",
        _json(_TRACKING | {"CustomizedMetricSpecification": _tracked(metric, name)}),
    )
    if least:
        return
    yield from _command(
        "policy=$(aws application-autoscaling put-scaling-policy",
        "--policy-name from-zero",
        *scaled,
        "--policy-type StepScaling --query PolicyARN --output text",
        "--step-scaling-policy-configuration",
        f"{_json(_FROM_ZERO)})",
    )
    yield from _command(
        f"aws cloudwatch put-metric-alarm --alarm-name {name}-from-zero",
        "--namespace AWS/SageMaker --metric-name HasBacklogWithoutCapacity",
        f"--dimensions Name=EndpointName,Value={name}",
        "--statistic Average --period 60 --evaluation-periods 2",
        "--datapoints-to-alarm 2 --threshold 1 --treat-missing-data missing",
        "--comparison-operator GreaterThanOrEqualToThreshold",
        '--alarm-actions "$policy"',
    )


def _command(*parts: str) -> Iterator[str]:
    """Yields it in lines of less than 80 columns, as far as names allow."""
    yield from (f"{'  ' if n else ''}{part} \\" for n, part in enumerate(parts[:-1]))
    yield f"  {parts[-1]}"


def _tracked(metric: Mapping[str, object], name: str) -> Mapping[str, object]:
    dimensions = [{"Name": "EndpointName", "Value": name}]
    if metric is _BACKLOG_OF_POOLS:
        dimensions.append({"Name": "VariantName", "Value": "AllTraffic"})
    return {**metric, "Dimensions": dimensions, "Statistic": "Average"}


def _json(document: Mapping[str, object], indent: str = "  ") -> str:
    """Returns it as a quoted argument, a line for each member."""
    return f"'{_members(document, indent)}'"


def _members(document: Mapping[str, object], indent: str) -> str:
    inner = indent + "  "
    lines = [f'{inner}"{name}": {_value(value, inner)}' for name, value in document.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _value(value: object, indent: str) -> str:
    if isinstance(value, Mapping):
        return _members(value, indent)
    if isinstance(value, list) and len(value) > 1:
        return "[" + f",\n{indent} ".join(map(json.dumps, value)) + "]"
    return json.dumps(value)

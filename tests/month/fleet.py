"""Ten endpoints with schedules, zones and scaling of many kinds, and one that is not in the file.

A spec is read twice: the file for Lowtide is written from it, and the oracle works from it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tests.integration.functions.aws_calls import autoscaling, cloudwatch, sagemaker
from tests.unit.domain.schedule.schedule_oracle import OracleSchedule, OracleWindow

STACK = "lowtide-month"
STACK_TAG = {"Key": "lowtide:stack", "Value": STACK}
PREFERRED, FALLBACK, SMALL, OLD = (
    "ml.g6.2xlarge",
    "ml.g6e.2xlarge",
    "ml.g5.2xlarge",
    "ml.g4dn.xlarge",
)
PRICES = {PREFERRED: 1.2, FALLBACK: 2.8, SMALL: 1.5, OLD: 0.7}
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
# The public holidays of the spans, from the countries' calendars.
HOLIDAYS = {
    "US": {date(2026, 11, 11), date(2026, 12, 25), date(2027, 1, 1), date(2028, 2, 21)},
    "DE": {
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 10, 3),
        date(2026, 12, 25),
        date(2026, 12, 26),
        date(2027, 1, 1),
    },
}


@dataclass(frozen=True)
class Spec:
    name: str
    zone: str
    windows: Sequence[tuple[str, str]]  # start and stop, as five fields
    country: str = ""  # whose holidays are closed
    closed: Sequence[date] = ()
    opens: Sequence[tuple[datetime, datetime]] = ()  # on its clock, without a zone
    ready: Literal["at-start", "after-start"] = "at-start"
    pinned: bool = False
    warm_up: int = 0  # minutes, like drain
    drain: int = 20
    stays: bool = False
    types: tuple[str, ...] = (PREFERRED, FALLBACK)
    fallback_types: tuple[str, ...] = ()  # of the second pinned configuration
    variants: tuple[str, ...] = ("AllTraffic",)
    scaling: Literal["file", "hand", "none"] = "hand"
    tagged: bool = True
    published: bool = False  # its metric, which costs calls of AWS each minute

    @property
    def configs(self) -> tuple[str, str]:
        return f"{self.name}-config", f"{self.name}-config-2"

    @property
    def all_types(self) -> set[str]:
        return {*self.types, *self.fallback_types}

    def schedule(self) -> OracleSchedule:
        def closed(day: date) -> bool:
            return day in self.closed or day in HOLIDAYS.get(self.country, ())

        def instant(at: datetime) -> datetime:
            return at.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

        return OracleSchedule(
            [OracleWindow(start, stop, self.zone, closed) for start, stop in self.windows],
            [(instant(begin), instant(end)) for begin, end in self.opens],
        )


def fleet(begin: datetime) -> list[Spec]:
    """`begin` is a midnight; special dates of a schedule are counted from it."""

    def day(number: int, hour: int = 0) -> datetime:
        return begin.replace(tzinfo=None) + timedelta(days=number, hours=hour)

    return [
        Spec("ny-office", "America/New_York", [("0 8 * * 1-5", "0 20 * * 1-5")], "US",
             opens=[(day(1, 10), day(1, 14)), (day(15, 9), day(15, 12))],
             scaling="file", published=True),
        Spec("berlin-nights", "Europe/Berlin", [("0 22 * * *", "0 6 * * *")], "DE", drain=10),
        Spec("london-small-hours", "Europe/London", [("30 1 * * *", "0 18 * * *")],
             variants=("Main", "Canary"), drain=15, published=True),
        Spec("sydney", "Australia/Sydney", [("15 7 * * 1-6", "45 19 * * 1-6")],
             closed=[day(4).date(), day(5).date()], ready="after-start", types=(SMALL,)),
        Spec("kolkata", "Asia/Kolkata",
             [("30 9 * * *", "0 13 * * *"), ("30 14 * * *", "30 18 * * *")],
             drain=5, types=(SMALL,), scaling="none"),
        Spec("la-weeks", "America/Los_Angeles", [("0 6 * * 1", "0 18 * * 5")],
             closed=[day(9).date(), day(18).date()]),
        Spec("ny-two-configs", "America/New_York", [("0 6 * * *", "30 1 * * *")], pinned=True,
             warm_up=10, types=(PREFERRED,), fallback_types=(OLD,), scaling="none"),
        Spec("berlin-stays", "Europe/Berlin", [("30 2 * * *", "0 21 * * *")], stays=True),
        Spec("six-a-day", "UTC", [("0 */4 * * *", "30 2-22/4 * * *")], drain=5, pinned=True),
        Spec("chatham", "Pacific/Chatham", [("20 8 * * *", "5 17 * * 0-5")], "DE", drain=10),
        Spec("without-the-tag", "UTC", [("0 9 * * *", "0 10 * * *")], types=(OLD,), tagged=False),
    ]  # fmt: skip


OTHERS = Spec("of-another-team", "UTC", [], types=(OLD,))


def file_of(specs: Sequence[Spec]) -> str:
    """JSON is YAML."""
    return json.dumps({"timezone": "UTC", "prices": PRICES, "endpoints": [*map(_entry, specs)]})


def _entry(spec: Spec) -> dict[str, Any]:
    closed: list[Any] = [day.isoformat() for day in spec.closed]
    schedule: dict[str, Any] = {
        "timezone": spec.zone,
        "windows": [{"start": start, "stop": stop} for start, stop in spec.windows],
        "closed": closed + ([{"country": spec.country}] if spec.country else []),
        "open": [
            {"from": f"{a:%Y-%m-%dT%H:%M}", "to": f"{b:%Y-%m-%dT%H:%M}"} for a, b in spec.opens
        ],
    }
    entry: dict[str, Any] = {
        "name": spec.name,
        "schedule": {key: value for key, value in schedule.items() if value},
        "ready": spec.ready,
        "drain": {"deadline": f"{spec.drain}m", "then": "stay" if spec.stays else "delete"},
    }
    if spec.pinned:
        entry["config"] = list(spec.configs if spec.fallback_types else spec.configs[:1])
    if spec.warm_up:
        entry["warm_up"] = f"{spec.warm_up}m"
    if spec.published:
        entry["scaling"] = {"capacity": dict.fromkeys(sorted(spec.all_types), 10)}
    if spec.scaling == "file":
        entry["scaling"] |= {"min": 1, "max": 4, "target": 0.75}
    return entry


def create(spec: Spec) -> None:
    """As a person sets it up; its scaling follows once it is in service."""
    for config, types in zip(
        spec.configs, (spec.types, spec.fallback_types or spec.types), strict=True
    ):
        variants = [_variant(name, types) for name in spec.variants]
        sagemaker().create_endpoint_config(EndpointConfigName=config, ProductionVariants=variants)
    tags = [{"Key": "team", "Value": "voice"}, *([STACK_TAG] if spec.tagged else [])]
    sagemaker().create_endpoint(
        EndpointName=spec.name, EndpointConfigName=spec.configs[0], Tags=tags
    )


def _variant(name: str, types: Sequence[str]) -> dict[str, Any]:
    pools = [{"InstanceType": each, "Priority": n} for n, each in enumerate(types, 1)]
    kind = {"InstancePools": pools} if len(types) > 1 else {"InstanceType": types[0]}
    return {"VariantName": name, "ModelName": "model", "InitialInstanceCount": 1, **kind}


def scalable(spec: Spec, variant: str) -> dict[str, str]:
    resource = f"endpoint/{spec.name}/variant/{variant}"
    return {"ServiceNamespace": "sagemaker", "ResourceId": resource, "ScalableDimension": DIMENSION}


def set_up_scaling(spec: Spec) -> None:
    if spec.scaling == "none":
        return
    for variant in spec.variants:
        target = scalable(spec, variant)
        autoscaling().register_scalable_target(**target, MinCapacity=1, MaxCapacity=4)
        put_action(spec, variant, "midday", "12:10", 1, 4)
        policy = autoscaling().put_scaling_policy(
            **target,
            PolicyName="jump",
            PolicyType="StepScaling",
            StepScalingPolicyConfiguration={
                "AdjustmentType": "ChangeInCapacity",
                "Cooldown": 120,
                "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
            },
        )
        cloudwatch().put_metric_alarm(
            AlarmName=f"{spec.name}-{variant}-full",
            Namespace="Mine",
            MetricName=spec.name,
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=2,
            Threshold=9,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[policy["PolicyARN"]],
        )


def put_action(
    spec: Spec, variant: str, name: str, clock: str, smallest: int, largest: int
) -> None:
    hour, minute = map(int, clock.split(":"))
    autoscaling().put_scheduled_action(
        **scalable(spec, variant),
        ScheduledActionName=name,
        Schedule=f"cron({minute} {hour} * * ? *)",
        Timezone=spec.zone,
        ScalableTargetAction={"MinCapacity": smallest, "MaxCapacity": largest},
    )

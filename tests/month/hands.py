"""People, pipelines and AWS itself act; what they did is written down for the oracle."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.protocol.faults import Act, Attempt, Effect, Fault
from lowtide_workbench.aws.stack import Stack
from tests.integration.crash.cases import trouble_of
from tests.integration.functions.aws_calls import autoscaling, sagemaker
from tests.month import settings
from tests.month.fleet import Spec, put_action, scalable
from tests.month.plan import Event
from tests.month.records import MINUTE, Records, Request
from tests.month.settings import Settings

_PERSON = {"reason": "a test", "by": "ann"}
_CALM = 45  # minutes after which nothing that went wrong may still be felt
_NEW = 40  # minutes that a creation and its restore may take


@dataclass(frozen=True)
class Version:
    """What a person wants of an endpoint, and since when its scheduled actions move its ranges."""

    at: datetime
    since: datetime
    settings: Settings


@dataclass(frozen=True)
class Stamped:
    """An effect that says when it was felt."""

    effect: Effect
    felt: Callable[[], None]

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse | None:
        self.felt()
        return self.effect.apply(attempt, act)


class Hands:
    def __init__(
        self,
        cloud: Cloud,
        stack: Stack,
        records: Records,
        saved_at: Callable[[str], datetime | None],
    ) -> None:
        self.versions: dict[str, list[Version]] = {name: [] for name in records.specs}
        self.unsure: set[str] = set()  # whether an update by hand succeeded
        self._cloud, self._stack, self._records = cloud, stack, records
        self._saved_at = saved_at

    def act(self, event: Event) -> None:
        acts: dict[str, Callable[..., bool | None]] = {
            "wake": self._override,
            "sleep": self._override,
            "auto": self._ask,
            "pause": self._ask,
            "resume": self._ask,
            "edit": self._edit,
            "delete": self._delete,
            "create": self._create_unwanted,
            "create again": self._create_again,
            "update": self._update,
            "maintenance": self._maintenance,
            "fault": self._fault,
            "quota": self._quota,
            "no quota": self._no_quota,
        }
        done = acts[event.act](event)
        self._records.counted[f"{event.act}{' (not possible)' if done is False else ''}"] += 1

    @property
    def now(self) -> datetime:
        return self._cloud.clock.now()

    def settled(self, name: str, *, just_paused: bool = False) -> bool:
        """In an open window, restored, and nothing disturbs it: a person may change something."""
        now, records = self.now, self._records
        minutes = [now + n * MINUTE for n in range(-25, 12)]
        pauses = [at for at in minutes if not just_paused or at < now - 3 * MINUTE]
        created = [
            at for at, endpoint, status in self._cloud.statuses
            if endpoint == name and status == "Creating"
        ]  # fmt: skip
        return (
            self._cloud.status(name) == "InService"
            and created[-1] < now - _NEW * MINUTE
            and all(records.wanted(name, at) for at in minutes)
            and not any(records.paused(name, at) for at in pauses)
            and not any(records.excused(name, at) for at in minutes)
        )

    def adopt(self, spec: Spec) -> None:
        """What is set now is what is wanted."""
        version = Version(self.now, self.now, settings.read(spec))
        self.versions[spec.name].append(version)

    # Requests

    def _ask(self, event: Event) -> None:
        person = _PERSON if event.act == "pause" else {}
        self._stack.invoke("control", {"action": event.act, "endpoint": event.endpoint, **person})
        self._records.requests[event.endpoint].append(Request(self.now, event.act))

    def _override(self, event: Event) -> None:
        until = self.now + event.details[0] * MINUTE
        request = {"action": event.act, "endpoint": event.endpoint, "until": until.isoformat()}
        self._stack.invoke("control", request | _PERSON)
        self._records.requests[event.endpoint].append(Request(self.now, event.act, until))

    # Changes by hand

    def _edit(self, event: Event) -> bool:
        spec = self._records.specs[event.endpoint]
        if not self.settled(spec.name):
            return False
        kind, number, more = event.details
        edit = _EDITS[kind]
        if not edit(spec, number, more):
            return False
        self._records.counted[f"edit: {kind}"] += 1
        self.adopt(spec)
        return True

    def _delete(self, event: Event) -> bool:
        name = event.endpoint
        before = self._saved(name)
        if before is None or not self.settled(name, just_paused="paused" in event.details):
            return False
        sagemaker().delete_endpoint(EndpointName=name)
        self._by_hand(name, "Deleting")
        self.versions[name].append(Version(self.now, before.since, before.settings))
        self._records.excuse(self.now, _NEW, name)
        return True

    def _create_again(self, event: Event) -> bool:
        """After a pipeline has deleted it."""
        lately = [
            place for place in self._records.by_hand
            if self._cloud.statuses[place][1:] == (event.endpoint, "Deleting")
            and self._cloud.statuses[place][0] > self.now - 40 * MINUTE
        ]  # fmt: skip
        return bool(lately) and self._create(event.endpoint)

    def _create_unwanted(self, event: Event) -> bool:
        return not self._records.wanted(event.endpoint, self.now) and self._create(event.endpoint)

    def _create(self, name: str) -> bool:
        spec, before = self._records.specs[name], self._saved(name)
        if before is None or self._cloud.status(name) != "Absent":
            return False
        config = spec.configs[not spec.fallback_types]
        tags = {**before.settings["tags"], "team": "pipeline"}
        try:
            sagemaker().create_endpoint(
                EndpointName=name,
                EndpointConfigName=config,
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )
        except ClientError:  # a quota
            return False
        self._by_hand(name, "Creating")
        changed = {**before.settings, "config": config, "tags": tags}
        version = Version(self.now, before.since, changed)
        self.versions[name].append(version)
        self._records.excuse(self.now, _NEW + spec.drain, name)
        return True

    def on_failed_by_hand(self, name: str) -> None:
        """Lowtide cleans up and creates it as it was saved."""
        if before := self._saved(name):
            self.versions[name].append(Version(self.now, before.since, before.settings))

    def _update(self, event: Event) -> bool:
        name = event.endpoint
        if not self.settled(name):
            return False
        spec, last = self._records.specs[name], self.versions[name][-1]
        config = next(each for each in spec.configs if each != last.settings["config"])
        with suppress(ClientError):
            sagemaker().update_endpoint(
                EndpointName=name, EndpointConfigName=config, RetainAllVariantProperties=True
            )
        changed = {**last.settings, "config": config}
        self.versions[name].append(Version(self.now, last.since, changed))
        self.unsure.add(name)
        self._records.excuse(self.now, 20, name)
        return True

    def _saved(self, name: str) -> Version | None:
        """The version that Lowtide saved last, by the time of that."""
        at = self._saved_at(name)
        known = [version for version in self.versions[name] if at and version.at <= at]
        return known[-1] if known else None

    def _by_hand(self, name: str, status: str) -> None:
        assert self._cloud.statuses[-1][1:] == (name, status)
        self._records.by_hand.add(len(self._cloud.statuses) - 1)

    # AWS

    def _maintenance(self, event: Event) -> bool:
        if self._cloud.status(event.endpoint) != "InService":
            return False
        minutes = event.details[0]
        self._cloud.impose(event.endpoint, "SystemUpdating", timedelta(minutes=minutes))
        self._records.excuse(self.now, minutes + _CALM, event.endpoint)
        return True

    def _fault(self, event: Event) -> None:
        kind, function, nth = event.details
        effect, times = trouble_of(kind)
        stamped = Stamped(effect, self._felt)
        self._cloud.faults.add(Fault(stamped, function=function, nth=nth, times=times))

    def _felt(self) -> None:
        self._records.counted["faults felt"] += 1
        self._records.excuse(self.now, 25)

    def _quota(self, event: Event) -> None:
        kind, limit, minutes = event.details
        self._cloud.quotas[kind] = limit
        for name, spec in self._records.specs.items():
            if kind in spec.all_types:
                self._records.excuse(self.now, minutes + _CALM, name)

    def _no_quota(self, event: Event) -> None:
        self._cloud.quotas.pop(event.details[0], None)


def _range(spec: Spec, number: int, more: int) -> bool:
    autoscaling().register_scalable_target(
        **_first(spec), MinCapacity=min(number, 2), MaxCapacity=2 + number + more
    )
    return True


def _policy(spec: Spec, number: int, more: int) -> bool:
    metric = {"Namespace": "Mine", "MetricName": f"mine-{number}", "Statistic": "Average"}
    autoscaling().put_scaling_policy(
        **_first(spec),
        PolicyName=f"mine-{number}",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 5.0 + more,
            "CustomizedMetricSpecification": metric,
        },
    )
    return True


def _no_policy(spec: Spec, number: int, _: int) -> bool:
    found = settings.read(spec)["policies"]
    if f"{_first(spec)['ResourceId']} mine-{number}" not in found:
        return False
    autoscaling().delete_scaling_policy(**_first(spec), PolicyName=f"mine-{number}")
    return True


def _action(spec: Spec, number: int, more: int) -> bool:
    put_action(spec, spec.variants[0], f"at-{number}", f"{9 + 3 * number}:{20 + more}", 1, 3 + more)
    return True


def _no_action(spec: Spec, number: int, _: int) -> bool:
    found = settings.read(spec)["actions"]
    if f"{_first(spec)['ResourceId']} at-{number}" not in found:
        return False
    autoscaling().delete_scheduled_action(**_first(spec), ScheduledActionName=f"at-{number}")
    return True


def _tag(spec: Spec, number: int, more: int) -> bool:
    arn = sagemaker().describe_endpoint(EndpointName=spec.name)["EndpointArn"]
    sagemaker().add_tags(ResourceArn=arn, Tags=[{"Key": f"note-{number}", "Value": str(more)}])
    return True


def _weight(spec: Spec, number: int, more: int) -> bool:
    _set(spec, DesiredWeight=float(number + more))
    return True


def _count(spec: Spec, number: int, _: int) -> bool:
    _set(spec, DesiredInstanceCount=number)
    return True


def _set(spec: Spec, **change: float) -> None:
    changed: Any = {"VariantName": spec.variants[0], **change}
    sagemaker().update_endpoint_weights_and_capacities(
        EndpointName=spec.name, DesiredWeightsAndCapacities=[changed]
    )


def _first(spec: Spec) -> dict[str, str]:
    return scalable(spec, spec.variants[0])


type _Edit = Callable[[Spec, int, int], bool]


def _with_scaling(edit: _Edit) -> _Edit:
    return lambda spec, number, more: spec.scaling != "none" and edit(spec, number, more)


_EDITS: dict[str, _Edit] = {
    "range": _with_scaling(_range),
    "policy": _with_scaling(_policy),
    "no policy": _with_scaling(_no_policy),
    "action": _with_scaling(_action),
    "no action": _with_scaling(_no_action),
    "tag": _tag,
    "weight": lambda spec, number, more: len(spec.variants) > 1 and _weight(spec, number, more),
    "count": lambda spec, number, more: spec.scaling == "none" and _count(spec, number, more),
}

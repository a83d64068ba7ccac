"""Reads template.yaml, as far as the embedded AWS needs it to run the functions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.template_specs import (
    EVENTBRIDGE_RETRIES,
    LAMBDA_RETRIES,
    FunctionSpec,
    Properties,
    QueueSourceSpec,
    Retries,
    RuleSpec,
    ScheduleSpec,
)

_NO_VALUE = object()  # AWS::NoValue: the property is not there


@cache
def _document(text: str) -> Properties:
    """What is parsed is only read, so the stacks of a process share it."""
    document: Properties = yaml_parse(text)
    return document


@dataclass(frozen=True, slots=True)
class Template:
    """`known` maps `Name` and `Name.Attribute` to values: parameters, then what was deployed."""

    path: Path
    document: Properties
    known: Mapping[str, str]

    @classmethod
    def load(
        cls, path: Path, parameters: Mapping[str, str] | None = None, *, stack: str = "lowtide-dev"
    ) -> "Template":
        document = _document(path.read_text(encoding="utf-8"))
        defaults = {
            name: str(parameter["Default"])
            for name, parameter in document["Parameters"].items()
            if "Default" in parameter
        }
        pseudo = {
            "AWS::StackName": stack,
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
        }
        return cls(path, document, {**defaults, **(parameters or {}), **pseudo})

    def knowing(self, values: Mapping[str, str]) -> "Template":
        return replace(self, known={**self.known, **values})

    def resources(self, kind: str) -> Mapping[str, Properties]:
        """Unresolved properties of the resources of one type, by logical id."""
        return {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.document["Resources"].items()
            if resource["Type"] == kind
            and ("Condition" not in resource or self.condition(resource["Condition"]))
        }

    def tables(self) -> Mapping[str, Properties]:
        return self._resolved("AWS::DynamoDB::Table")

    def queues(self) -> Iterator[tuple[str, Properties]]:
        """The unresolved queues, dead-letter queues first, since the others refer to them."""
        queues = self.resources("AWS::SQS::Queue")
        yield from sorted(queues.items(), key=lambda queue: "RedrivePolicy" in queue[1])

    def queue_names(self) -> Sequence[str]:
        return [str(self.resolve(queue["QueueName"])) for _, queue in self.queues()]

    def alarms(self) -> Mapping[str, Properties]:
        return self._resolved("AWS::CloudWatch::Alarm")

    def functions(self) -> Sequence[FunctionSpec]:
        functions = self.resources("AWS::Serverless::Function")
        return [self._function(logical_id, raw) for logical_id, raw in functions.items()]

    def schedules(self) -> Sequence[ScheduleSpec]:
        return [
            ScheduleSpec(
                function,
                event["ScheduleExpression"],
                event.get("Input", "{}"),
                event.get("State", "ENABLED") == "ENABLED",
                Retries.read(event.get("RetryPolicy", {}), EVENTBRIDGE_RETRIES),
            )
            for function, event in self._events("ScheduleV2")
        ]

    def rules(self) -> Sequence[RuleSpec]:
        return [
            RuleSpec(
                function,
                event["Pattern"],
                event.get("State", "ENABLED") == "ENABLED",
                Retries.read(event.get("RetryPolicy", {}), EVENTBRIDGE_RETRIES),
            )
            for function, event in self._events("EventBridgeRule")
        ]

    def queue_sources(self) -> Sequence[QueueSourceSpec]:
        return [
            QueueSourceSpec(
                function,
                event["Queue"],
                event.get("BatchSize", 10),
                "ReportBatchItemFailures" in event.get("FunctionResponseTypes", ()),
            )
            for function, event in self._events("SQS")
        ]

    def roles(self) -> Mapping[str, str]:
        """The ARN of the role that each function runs under, by the function's folder."""
        functions = self.resources("AWS::Serverless::Function").values()
        return {_name(raw): str(self.resolve(raw["Role"])) for raw in functions}

    def statements(self, function: str) -> Sequence[Properties]:
        """The policy statements of the role that a function runs under."""
        raw = next(
            raw
            for raw in self.resources("AWS::Serverless::Function").values()
            if _name(raw) == function
        )
        role_id = raw["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for policy in self.policies(role_id)
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def policies(self, role_id: str) -> Sequence[Properties]:
        """The unresolved policies in the role, and those attached to it."""
        attached = [
            policy
            for policy in self.resources("AWS::IAM::Policy").values()
            if {"Ref": role_id} in policy["Roles"]
        ]
        return [*self.resources("AWS::IAM::Role")[role_id]["Policies"], *attached]

    def resolve(self, value: Any) -> Any:
        """The value with Ref, Fn::Sub and Fn::GetAtt replaced by what they stand for."""
        match value:
            case {"Ref": "AWS::NoValue"}:
                return _NO_VALUE
            case {"Fn::If": [condition, yes, no]}:
                return self.resolve(yes if self.condition(condition) else no)
            case {"Ref": name}:
                return self._lookup(name)
            case {"Fn::GetAtt": [name, attribute]}:
                return self._lookup(f"{name}.{attribute}")
            case {"Fn::Split": _} | {"Fn::Sub": _}:
                return self._text(value)
            case Mapping():
                resolved = {key: self.resolve(item) for key, item in value.items()}
                return {key: item for key, item in resolved.items() if item is not _NO_VALUE}
            case list():
                return [item for item in map(self.resolve, value) if item is not _NO_VALUE]
        return value

    def _text(self, value: Properties) -> Any:
        match value:
            case {"Fn::Split": [separator, text]}:
                return str(self.resolve(text)).split(separator)
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda match: self._lookup(match[1]), text)
        raise ValueError(f"{self.path.name}: not played here: {value}")

    def condition(self, name: str) -> bool:
        return self._holds(self.document["Conditions"][name])

    def _holds(self, expression: Properties) -> bool:
        match expression:
            case {"Condition": name}:
                return self.condition(name)
            case {"Fn::Equals": [left, right]}:
                return str(self.resolve(left)) == str(self.resolve(right))
            case {"Fn::Not": [inner]}:
                return not self._holds(inner)
            case {"Fn::And": [*parts]}:
                return all(self._holds(part) for part in parts)
            case {"Fn::Or": [*parts]}:
                return any(self._holds(part) for part in parts)
        raise ValueError(f"{self.path.name}: not a condition: {expression}")

    def _lookup(self, name: str) -> str:
        if name not in self.known:
            raise KeyError(f"{self.path.name} refers to {name}, which is not known here")
        return self.known[name]

    def _resolved(self, kind: str) -> Mapping[str, Properties]:
        return {name: self.resolve(raw) for name, raw in self.resources(kind).items()}

    def _function(self, logical_id: str, raw: Properties) -> FunctionSpec:
        defaults = self.document["Globals"]["Function"]
        merged = {**defaults, **raw}
        variables = {
            **defaults["Environment"]["Variables"],
            **raw.get("Environment", {}).get("Variables", {}),
        }
        return FunctionSpec(
            name=_name(raw),
            logical_id=logical_id,
            function_name=self.resolve(raw["FunctionName"]),
            code_dir=self.path.parent / raw["CodeUri"],
            environment={key: str(value) for key, value in self.resolve(variables).items()},
            timeout_s=merged["Timeout"],
            memory_mb=merged["MemorySize"],
            retries=Retries.read(merged.get("EventInvokeConfig", {}), LAMBDA_RETRIES),
        )

    def _events(self, kind: str) -> Iterator[tuple[str, Properties]]:
        for raw in self.resources("AWS::Serverless::Function").values():
            for event in raw.get("Events", {}).values():
                if event["Type"] == kind:
                    yield _name(raw), self.resolve(event["Properties"])


def _name(function: Properties) -> str:
    return Path(function["CodeUri"]).name

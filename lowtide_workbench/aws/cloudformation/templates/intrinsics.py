"""Resolves a template's intrinsic functions, conditions and references.

A reference to a resource is answered by `attribute`: the value of a deployed resource, or a marker
that stands for it while a change set is computed (`marker`, `markers`).
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal, invalid_request

type Document = Mapping[str, Any]
type Attribute = Callable[[str, str | None], str]  # by logical id; None is what Ref gives

NO_VALUE = object()  # AWS::NoValue: the property is not there

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_MARKER = re.compile(r"\{\{reference:(\w+)\.?([^}]*)\}\}")
_DYNAMIC = re.compile(r"\{\{resolve:(\w+)")


def marker(logical_id: str, attribute: str | None) -> str:
    """Text that stands for a reference to a resource that is not deployed yet."""
    return f"{{{{reference:{logical_id}{'.' + attribute if attribute else ''}}}}}"


def markers(value: Any) -> Iterator[tuple[str, str]]:
    """The references in a value: logical id and attribute, which is "" for Ref."""
    if isinstance(value, str):
        yield from (match.groups() for match in _MARKER.finditer(value))  # type: ignore[misc]
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from markers(item)


@dataclass
class Resolver:
    """`values` are the parameters and pseudo parameters, as Ref gives them."""

    template: Document
    values: Mapping[str, Any]
    attribute: Attribute
    imported: Callable[[str], str]
    _met: dict[str, bool] = field(default_factory=dict)

    def resolve(self, value: Any) -> Any:
        """The value without intrinsic functions; NO_VALUE for AWS::NoValue."""
        if isinstance(value, list):
            items = map(self.resolve, value)
            return [item for item in items if item is not NO_VALUE]
        if isinstance(value, dict):
            return self._resolve_object(value)
        if isinstance(value, str) and (service := _DYNAMIC.search(value)):
            raise NotPlayed(
                f"The embedded AWS does not play dynamic references to {service[1]}: {value}"
            )
        return value

    def is_met(self, condition: str) -> bool:
        """Whether a condition of the template is true."""
        if condition not in self._met:
            conditions = self.template.get("Conditions", {})
            if condition not in conditions:
                raise _format_error(f"Unresolved condition dependency {condition}")
            self._met[condition] = self.decide(conditions[condition])
        return self._met[condition]

    def decide(self, value: Document) -> bool:
        """The truth of a condition function."""
        ((name, argument),) = value.items()
        match name:
            case "Condition":
                return self.is_met(argument)
            case "Fn::Equals":
                return text(self.resolve(argument[0])) == text(self.resolve(argument[1]))
            case "Fn::Not":
                return not self.decide(argument[0])
            case "Fn::And":
                return all(map(self.decide, argument))
            case "Fn::Or":
                return any(map(self.decide, argument))
            case "Fn::Contains":
                return self.resolve(argument[1]) in self.resolve(argument[0])
        raise NotPlayed(f"The embedded AWS does not play {name} in a condition.")

    def _resolve_object(self, value: Document) -> Any:
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return self._ref(argument)
            if name.startswith("Fn::"):
                try:
                    return self._call(name, argument)
                except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                    shown = f"{type(error).__name__}: {error}"
                    raise invalid_request(
                        f"Template error: {name} is malformed: {shown}"
                    ) from error
        resolved = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved.items() if item is not NO_VALUE}

    def _call(self, name: str, argument: Any) -> Any:  # noqa: C901 (one case for each function)
        match name:
            case "Fn::GetAtt":
                return self.attribute(*_attribute_path(argument))
            case "Fn::Sub":
                return self._substitute(argument)
            case "Fn::If":
                return self.resolve(argument[1 if self.is_met(argument[0]) else 2])
            case "Fn::Join":
                return argument[0].join(map(text, self.resolve(argument[1])))
            case "Fn::Split":
                return text(self.resolve(argument[1])).split(argument[0])
            case "Fn::Select":
                return self.resolve(argument[1])[int(self.resolve(argument[0]))]
            case "Fn::FindInMap":
                return self._find(*argument[:3])
            case "Fn::Base64":
                return base64.b64encode(text(self.resolve(argument)).encode()).decode()
            case "Fn::ImportValue":
                return self.imported(text(self.resolve(argument)))
        raise NotPlayed(f"The embedded AWS does not play the intrinsic function {name}.")

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        return self.values[name] if name in self.values else self.attribute(name, None)

    def _substitute(self, argument: Any) -> str:
        pattern, local = argument if isinstance(argument, list) else (argument, {})

        def replaced(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in local:
                return text(self.resolve(local[name]))
            logical_id, _, attribute = name.partition(".")
            return text(self.attribute(logical_id, attribute) if attribute else self._ref(name))

        return _VARIABLE.sub(replaced, pattern)

    def _find(self, name: Any, first: Any, second: Any) -> Any:
        names = [text(self.resolve(each)) for each in (name, first, second)]
        try:
            mapping, top, key = names
            return self.template["Mappings"][mapping][top][key]
        except KeyError:
            raise Refusal(
                "ValidationError",
                f"Template error: Unable to get mapping for {'::'.join(names)}",
            ) from None


def _attribute_path(argument: Any) -> tuple[str, str]:
    if isinstance(argument, str):
        logical_id, _, attribute = argument.partition(".")
        return logical_id, attribute
    return argument[0], argument[1]


def text(value: Any) -> str:
    """As CloudFormation writes a value into text."""
    if isinstance(value, list):
        return ",".join(map(text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _format_error(message: str) -> Refusal:
    return invalid_request(f"Template format error: {message}")

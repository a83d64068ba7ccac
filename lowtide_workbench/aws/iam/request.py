"""A call of a function, as far as the rights that it needs follow from it."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from lowtide_workbench.aws.protocol.faults import caller


class Account(Protocol):
    """What exists in the account, as far as rights depend on it."""

    def tags(self, arn: str) -> Mapping[str, str]: ...

    def configuration_of(self, endpoint: str) -> str | None:
        """The name of an endpoint's configuration; None without the endpoint."""
        ...

    def key_of(self, configuration: str) -> str | None:
        """The KmsKeyId of a configuration; None without one."""
        ...

    def is_scaled(self, endpoint: str) -> bool: ...

    def has_scaling_role(self) -> bool:
        """Whether Application Auto Scaling has made its service-linked role for SageMaker."""
        ...

    def tracks(self, resource: str, policy: str) -> bool:
        """Whether the policy of a scalable target is one of target tracking."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """The parameters of the operation, named as in its API."""

    parameters: Mapping[str, Any]
    account: Account

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.parameters.get(name, default)


@dataclass(frozen=True, slots=True)
class Signed:
    """A call on its way, and the name of the function that makes it."""

    function_name: str
    operation: str
    parameters: Mapping[str, Any]


_signed: ContextVar[Signed | None] = ContextVar("signed", default=None)


def sign(function_name: str, operation: str, parameters: Mapping[str, Any]) -> None:
    """Notes the call that the function makes next; retries are the same call."""
    if caller() is not None:  # None: a Meanwhile fault acts through the function's session
        _signed.set(Signed(function_name, operation, parameters))


def signed(operation: str) -> Signed | None:
    """The call that was noted last; None where it is another one's."""
    call = _signed.get()
    return call if call is not None and call.operation == operation else None

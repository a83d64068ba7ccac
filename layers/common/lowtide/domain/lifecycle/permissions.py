"""The rights that Lowtide needs to create an endpoint again and to restore it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rights:
    """`denied` names the actions that the role lacks; `unknown` says why IAM gave no answer."""

    denied: tuple[str, ...] = ()
    unknown: str = ""


NOTHING_DENIED = Rights()

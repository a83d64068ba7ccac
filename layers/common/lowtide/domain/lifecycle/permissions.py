"""May Lowtide create again, and restore, what it is about to delete?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rights:
    """`denied` names the actions that the role lacks; `unknown` says why nobody could tell."""

    denied: tuple[str, ...] = ()
    unknown: str = ""


NOTHING_DENIED = Rights()

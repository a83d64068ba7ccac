"""May Lowtide create again, and restore, what it is about to delete?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rights:
    """`denied` names the actions that the role lacks; `unknown` says why nobody could tell.
    `missing` names keys that no right helps with, since they are gone or cannot be used."""

    denied: tuple[str, ...] = ()
    unknown: str = ""
    missing: tuple[str, ...] = ()


NOTHING_DENIED = Rights()

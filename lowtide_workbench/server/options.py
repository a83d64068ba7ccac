"""What `lowtide aws` was asked for, checked before anything is started."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lowtide import config
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide_workbench.aws.settings import CloudSettings, Samples
from lowtide_workbench.server.state import is_state

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_SAMPLES = {"each": Samples.EACH_INSTANCE, "mean": Samples.MEAN, "total": Samples.TOTAL}
_ZEROS = {"zeros": True, "silent": False}


class OptionError(ValueError):
    """Says which option, what was found and what would be valid."""


@dataclass(frozen=True, slots=True)
class Options:
    port: int
    speed: float
    start: datetime | None  # None: the machine's present
    stack: Path | None
    traffic: tuple[tuple[str, Path], ...]  # endpoint, trace
    save: Path | None
    load: Path | None
    settings: CloudSettings | None = None  # None: the defaults, or those that were saved


def instant(text: str) -> datetime:
    """Without a zone it is UTC."""
    try:
        at = datetime.fromisoformat(text)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise OptionError(
            f"--start: found {text!r}, expected for example 2026-11-23T07:00"
        ) from error
    if not _EARLIEST <= at < _LATEST:
        raise OptionError(f"--start: found {text!r}, expected a time between 1970 and 2099")
    return at


def traces(given: Sequence[str]) -> tuple[tuple[str, Path], ...]:
    pairs = [text.partition("=") for text in given]
    for text, (endpoint, _, file) in zip(given, pairs, strict=True):
        if not endpoint or not file:
            raise OptionError(f"--traffic: found {text!r}, expected ENDPOINT=TRACE.csv.gz")
    names = [endpoint for endpoint, _, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise OptionError(f"--traffic: {name} stands twice; one trace an endpoint")
    return tuple((endpoint, Path(file)) for endpoint, _, file in pairs)


def unknowns(samples: str | None, idle: str | None) -> CloudSettings | None:
    if samples is None and idle is None:
        return None
    return CloudSettings(
        samples=_chosen("--samples", samples or "each", _SAMPLES),
        zeros_when_idle=_chosen("--idle", idle or "zeros", _ZEROS),
    )


def _chosen[Value](option: str, name: str, known: Mapping[str, Value]) -> Value:
    if name not in known:
        raise OptionError(f"{option}: found {name!r}, expected one of {', '.join(known)}")
    return known[name]


def check(options: Options) -> None:
    if not math.isfinite(options.speed):
        raise OptionError(f"--speed: found {options.speed}, expected a number, 0 or more")
    if options.load and options.start:
        raise OptionError("--start: not beside --load, whose clock goes on where it stood")
    if options.load and options.settings:
        raise OptionError("--samples, --idle: not beside --load, whose account stays as it was")
    if options.save and not options.save.parent.is_dir():
        raise OptionError(f"--save: there is no folder {options.save.parent}")
    if options.save and not os.access(options.save.parent, os.W_OK):
        raise OptionError(f"--save: nothing can be written in the folder {options.save.parent}")
    if options.save and options.save.is_dir():
        raise OptionError(f"--save: {options.save} is a folder, expected a file")
    if options.save and options.save.exists() and not is_state(options.save):
        raise OptionError(f"--save: {options.save} is something else, and is not overwritten")


def managed(path: Path | None) -> tuple[ManagedEndpoint, ...]:
    """What Lowtide's functions are to manage; nothing without a file."""
    if path is None:
        return ()
    try:
        found = config.load(path)
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"--stack: {path} cannot be read: {error}") from error
    if found.errors:
        raise OptionError("\n".join(f"{path}: {field_error}" for field_error in found.errors))
    return found.endpoints

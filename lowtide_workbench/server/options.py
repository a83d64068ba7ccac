"""The options of `lowtide aws`, checked before anything is started."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lowtide import config
from lowtide.domain.endpoint import ManagedEndpoint
from lowtide_workbench.aws.settings import CloudSettings, Samples

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_SAMPLES = {"each": Samples.EACH_INSTANCE, "mean": Samples.MEAN, "total": Samples.TOTAL}
_ZEROS = {"zeros": True, "silent": False}


class OptionError(ValueError):
    """Says which option, what was given and what would be valid."""


@dataclass(frozen=True, slots=True)
class Options:
    port: int
    speed: float
    start: datetime | None  # None: the machine's present
    stack: Path | None
    traffic: tuple[tuple[str, Path], ...]  # endpoint, trace
    settings: CloudSettings  # what AWS does not document

    def __post_init__(self) -> None:
        if not math.isfinite(self.speed):
            raise OptionError(f"--speed: found {self.speed}, expected a number, 0 or more")


def parse_start(text: str) -> datetime:
    """The instant in UTC, which is also the zone of a text without one."""
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


def parse_traffic(given: Sequence[str]) -> tuple[tuple[str, Path], ...]:
    pairs = [text.partition("=") for text in given]
    for text, (endpoint, _, file) in zip(given, pairs, strict=True):
        if not endpoint or not file:
            raise OptionError(f"--traffic: found {text!r}, expected ENDPOINT=TRACE.csv.gz")
    names = [endpoint for endpoint, _, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise OptionError(f"--traffic: {name} is given twice; one trace an endpoint")
    return tuple((endpoint, Path(file)) for endpoint, _, file in pairs)


def parse_settings(samples: str, idle: str, *, models_must_exist: bool) -> CloudSettings:
    return CloudSettings(
        samples=_choice("--samples", samples, _SAMPLES),
        zeros_when_idle=_choice("--idle", idle, _ZEROS),
        models_must_exist=models_must_exist,
    )


def _choice[Value](option: str, name: str, known: Mapping[str, Value]) -> Value:
    if name not in known:
        raise OptionError(f"{option}: found {name!r}, expected one of {', '.join(known)}")
    return known[name]


def load_managed(path: Path | None) -> tuple[ManagedEndpoint, ...]:
    """The endpoints that Lowtide's functions are to manage; none without a file."""
    if path is None:
        return ()
    try:
        loaded = config.load(path)
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"--stack: {path} cannot be read: {error}") from error
    if loaded.errors:
        raise OptionError("\n".join(f"{path}: {field_error}" for field_error in loaded.errors))
    return loaded.endpoints

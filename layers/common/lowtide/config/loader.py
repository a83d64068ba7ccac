"""The file that people write, parsed once at the edge into what the domain works with.

The errors of a file are found at once, up to a bound. An entry with an error is left out; the
others stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from lowtide.config.endpoints import managed_endpoints
from lowtide.config.entries import Defaults, timezone_of, validated
from lowtide.config.file_model import MOST_ENTRIES, TOP_KEYS, FileTop
from lowtide.config.schedules import named_schedules
from lowtide.config.yaml_text import read
from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.validation import FieldError, and_more

MOST_ERRORS = 500  # far more than are read at once: the command looks up the line of each


@dataclass(frozen=True, slots=True)
class Config:
    """What can be managed, and everything that is wrong with the rest."""

    endpoints: tuple[ManagedEndpoint, ...]
    errors: tuple[FieldError, ...]
    prices: Mapping[str, float] = field(default_factory=dict)  # USD an hour by instance type


def load(path: Path) -> Config:
    """Raises OSError if the file cannot be read: an error of the deployment, not of the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        deployed = ", ".join(sorted(each.name for each in path.parent.glob("*.yaml"))) or "none"
        msg = (
            f"{path}: the parameter Environment is {path.stem!r}, and the files in "
            f"layers/config/endpoints are: {deployed}"
        )
        raise FileNotFoundError(msg) from error
    return parse(text)


def parse(text: str) -> Config:
    raw, errors = read(text)
    if errors:
        return Config((), errors)
    _, errors = validated(FileTop, raw, (), TOP_KEYS)
    entries = (raw.get("schedules"), raw.get("endpoints"))
    if any(isinstance(each, dict | list) and len(each) > MOST_ENTRIES for each in entries):
        return Config((), errors)
    metrics, prices = _top("metrics", raw), _top("prices", raw)
    mode = _top("mode", raw)
    defaults = Defaults(
        timezone=timezone_of(raw, None),
        names_timezone="timezone" in raw,
        metrics=metrics.metrics if metrics else None,
        mode=mode.mode if mode and not _is_misspelt("mode", raw) else "observe",
    )
    schedules, schedule_errors = named_schedules(raw.get("schedules"), defaults)
    endpoints, endpoint_errors = managed_endpoints(raw.get("endpoints"), schedules, defaults)
    errors += (*schedule_errors, *endpoint_errors)
    errors = errors[:MOST_ERRORS] + and_more((), len(errors) - MOST_ERRORS)
    return Config(endpoints, errors, prices.prices if prices else {})


def _is_misspelt(key: str, raw: Mapping[str, object]) -> bool:
    """Whether another key of the top level is probably meant as this one."""
    return key not in raw and bool(get_close_matches(key, [str(each).lower() for each in raw]))


def _top(key: str, raw: Mapping[str, object]) -> FileTop | None:
    """Returns the top level with this key alone, so that errors of other keys do not drop it. None
    if it has an error itself: the check of the whole top level has reported that."""
    return validated(FileTop, {key: raw[key]} if key in raw else {}, (), TOP_KEYS)[0]

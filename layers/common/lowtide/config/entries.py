"""What the schedules and the endpoints of the file share: each entry is validated by itself."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from lowtide.config.file_model import TAGS
from lowtide.config.scaling_model import MetricsEntry
from lowtide.config.timezones import parse_zone
from lowtide.domain.endpoint import Mode
from lowtide.validation import FieldError, Location, absent, describe

type Keys = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the top of the file says for every entry; None: nothing, or something with an error."""

    timezone: ZoneInfo | None
    names_timezone: bool
    metrics: MetricsEntry | None
    mode: Mode


def validated[M: BaseModel](
    model: type[M], body: object, at: Location, keys: Keys, timezone: ZoneInfo | None = None
) -> tuple[M | None, tuple[FieldError, ...]]:
    """Returns the model, or else the errors of `body`, which stands at `at` of the file."""
    try:
        return model.model_validate(body, context=timezone), ()
    except ValidationError as error:
        return None, describe(error, at=at, tags=TAGS, keys=keys)


def timezone_of(body: object, default: ZoneInfo | None) -> ZoneInfo | None:
    """Returns the time zone in `body`, although it may have errors; None where that is none."""
    if not isinstance(body, dict) or "timezone" not in body:
        return default
    with suppress(ValueError):
        return parse_zone(body["timezone"])
    return None


def missing_timezone(defaults: Defaults, body: object, at: Location) -> Iterator[FieldError]:
    if isinstance(body, dict) and "timezone" not in body and not defaults.names_timezone:
        message = "is required here or at the top of the file, for example America/New_York"
        yield absent((*at, "timezone"), message)


def duplicates(names: Iterable[str]) -> set[str]:
    """In lower case: SageMaker tells names apart without regard to capitals."""
    return {name for name, count in Counter(map(str.lower, names)).items() if count > 1}


def value_of(body: object, key: str) -> object:
    return body.get(key) if isinstance(body, dict) else None

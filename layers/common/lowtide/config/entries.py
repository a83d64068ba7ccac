"""One entry of the file: validated on the clock it is on, or looked into although it has faults."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from lowtide.config.file_model import TAGS
from lowtide.config.timezones import parse_zone
from lowtide.validation import FieldError, describe

type Location = tuple[str | int, ...]
type Keys = Mapping[str, Collection[str]]


def validated[M: BaseModel](
    model: type[M], body: object, at: Location, keys: Keys, clock: ZoneInfo | None = None
) -> tuple[M | None, tuple[FieldError, ...]]:
    try:
        return model.model_validate(body, context=clock), ()
    except ValidationError as error:
        return None, describe(error, at=at, tags=TAGS, keys=keys)


def clock_of(body: object, default: ZoneInfo | None) -> ZoneInfo | None:
    """What stands in `body` even where it has faults; None where that is no time zone."""
    if "timezone" not in keys_of(body):
        return default
    with suppress(ValueError):
        return parse_zone(value_of(body, "timezone"))
    return None


def used_twice(names: Iterable[str]) -> set[str]:
    """SageMaker tells names apart without regard to capitals."""
    return {name for name, count in Counter(map(str.lower, names)).items() if count > 1}


def keys_of(body: object) -> Collection[object]:
    return body.keys() if isinstance(body, dict) else ()


def value_of(body: object, key: str) -> object:
    return body.get(key) if isinstance(body, dict) else None

"""YAML as text stands in it: no date, clock time or word becomes something else unasked."""

from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.resolver import VersionedResolver

from lowtide.validation import FieldError, field_error

LONGEST = 1_000_000  # characters: some fifteen seconds of reading
_KEYS = "timezone, schedules, endpoints"
_TIMESTAMP = "tag:yaml.org,2002:timestamp"


class _Resolver(VersionedResolver):
    """YAML 1.2 even where a %YAML directive asks for 1.1, in which NO is false and 22:00 is 1320.

    ruamel moves dates with an offset to UTC without a word: they stay text here.
    """

    @property
    def processing_version(self) -> tuple[int, int]:
        return (1, 2)

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        tag = super().resolve(kind, value, implicit)
        return self.DEFAULT_SCALAR_TAG if str(tag) == _TIMESTAMP else tag


def read(text: str) -> tuple[Mapping[Any, Any], tuple[FieldError, ...]]:
    """The mapping that the file holds, or an empty one and why."""
    if len(text) > LONGEST:
        said = f"{len(text):,} characters; at most {LONGEST:,} in one file"
        return {}, (FieldError("", "", said),)
    yaml = YAML(typ="safe", pure=True)  # refuses a key that stands twice; PyYAML keeps the last
    yaml.Resolver = _Resolver
    try:
        raw = yaml.load(text)
    except MarkedYAMLError as error:
        return {}, (FieldError("", "", _broken(error)),)
    except RecursionError:
        return {}, (FieldError("", "", "not a file that can be read: nested too deep"),)
    except Exception as error:  # what is tagged or numbered oddly fails in many ways
        return {}, (FieldError("", "", f"not YAML: {' '.join(str(error).split())}"),)
    if isinstance(raw, dict):
        return raw, ()
    empty = raw is None
    said = f"the file is empty; valid keys are {_KEYS}" if empty else f"valid keys are {_KEYS}"
    return {}, (
        FieldError("", "", said) if empty else field_error((), raw, f"not a mapping; {said}"),
    )


def _broken(error: MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    said = ", ".join(filter(None, (error.context, error.problem)))
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}not YAML: {' '.join(said.split())}"

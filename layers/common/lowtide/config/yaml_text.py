"""YAML as text stands in it: no date, clock time or word becomes something else unasked."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver

from lowtide.validation import FieldError, Location, field_error

LONGEST = 1_000_000  # characters: some fifteen seconds of reading
_LONGEST_VALUE_SHOWN = 40
_KEYS = "timezone, schedules, endpoints"
_STANDARD = "tag:yaml.org,2002:"
_TIMESTAMP = f"{_STANDARD}timestamp"
_PLAIN = {f"{_STANDARD}{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null")}


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


class _Constructor(SafeConstructor):
    """Refuses tags such as !!set and !!omap, whose values no key of the file has."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        tag = str(node.tag)
        if tag not in _PLAIN:
            name = f"!!{tag.removeprefix(_STANDARD)}" if tag.startswith(_STANDARD) else tag
            problem = f"the tag {name} is not understood; leave it out"
            raise ConstructorError(problem=problem, problem_mark=node.start_mark)
        try:
            return super().construct_object(node, deep=deep)
        except (LookupError, ValueError) as error:
            value = repr(node.value)[:_LONGEST_VALUE_SHOWN]
            problem = f"{value} cannot be read as {tag.removeprefix(_STANDARD)}"
            raise ConstructorError(problem=problem, problem_mark=node.start_mark) from error


def read(text: str) -> tuple[Mapping[Any, Any], tuple[FieldError, ...]]:
    """Returns the mapping that the text holds, or an empty one and why."""
    if len(text) > LONGEST:
        return {}, (_unreadable(f"{len(text):,} characters; at most {LONGEST:,} in one file"),)
    try:
        raw = _yaml().load(text)
    except MarkedYAMLError as error:
        return {}, (_syntax_error(error),)
    except RecursionError:
        return {}, (_unreadable("not a file that can be read: nested too deep"),)
    except Exception as error:  # what is written oddly fails in many ways
        return {}, (_unreadable(f"not YAML: {' '.join(str(error).split())}"),)
    if isinstance(raw, dict):
        return raw, ()
    if raw is None:
        return {}, (_unreadable(f"the file is empty; valid keys are {_KEYS}"),)
    return {}, (field_error((), raw, f"not a mapping; valid keys are {_KEYS}"),)


def line_finder(text: str) -> Callable[[Location], int]:
    """Returns a function from a location in what `read` returned to its line in `text`.

    A location that does not exist, such as a key that is missing, has the line of what holds it.
    This parses the text again: it is for the command, so that no function waits for it.
    """
    top = _yaml().compose(text)

    def line_of(location: Location) -> int:
        node, line = top, 1
        for part in location:
            entry = next((e for e in _entries(node) if e[0] == str(part)), None)
            if entry is None:
                break
            _, line, node = entry
        return line

    return line_of


def _entries(node: Any) -> Iterator[tuple[str, int, Any]]:
    """Yields the key or index, the line and the value of each entry of a mapping or a list."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield str(key.value), key.start_mark.line + 1, value
    elif isinstance(node, SequenceNode):
        for index, value in enumerate(node.value):
            yield str(index), value.start_mark.line + 1, value


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)  # refuses a key that stands twice; PyYAML keeps the last
    yaml.Resolver = _Resolver
    yaml.Constructor = _Constructor
    return yaml


def _unreadable(message: str) -> FieldError:
    return FieldError((), "", message)


def _syntax_error(error: MarkedYAMLError) -> FieldError:
    mark = error.problem_mark or error.context_mark
    problem = ", ".join(filter(None, (error.context, error.problem)))
    message = f"not YAML: {' '.join(problem.split())}"
    if not mark:
        return _unreadable(message)
    return FieldError((), "", f"column {mark.column + 1}: {message}", mark.line + 1)

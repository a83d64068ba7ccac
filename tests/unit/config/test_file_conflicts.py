"""What fits in its place and not with the rest of the file, and what cannot be read at all."""

import pytest

from lowtide import config
from tests.unit.config.files import (
    CAPACITY,
    NO_TYPE,
    OFFICE,
    errors_of,
    with_endpoint,
)

CONFLICTS = {
    "a range upside down beside a target in per cent": (
        f"{CAPACITY}, min: 5, max: 2, target: 75",
        ["target: 75: must be at most 1", "min 5 is more than max 2"],
    ),
    "a range upside down beside a capacity that is missing": (
        "min: 5, max: 2", ["capacity: is required", "min 5 is more than max 2"],
    ),
    "half a range beside a mistyped key": (
        f"{CAPACITY}, min: 1, traget: 0.7", ["traget: 0.7: unknown key", "min without max"],
    ),
    "a max with an error is not a missing one": (
        f"{CAPACITY}, min: 1, max: two, target: 0.7", ["max: 'two': not a whole number"],
    ),
    "all that does not fit together": (
        f"{CAPACITY}, reference: ml.g5.xlarge, min: 3, max: 1, fast_lane: true, resolution: 60",
        ["min 3 is more than max 1", "fast_lane needs min, max and target",
         "fast_lane needs a point every 10 seconds", "reference 'ml.g5.xlarge' has no capacity"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("scaling", "messages"), CONFLICTS.values(), ids=CONFLICTS)
def test_what_does_not_fit_is_named_beside_other_errors_of_the_mapping(
    scaling: str, messages: list[str]
) -> None:
    errors = errors_of(with_endpoint(f"scaling: {{{scaling}}}"))
    assert [sum(message in error for error in errors) for message in messages] == [1] * len(errors)


SCHEDULE_CONFLICTS = {
    "a window that stops as it starts, with a time zone that is none": (
        "windows: [{start: '0 8 * * *', stop: '0 8 * * *', timezone: EST}]",
        ["timezone: 'EST': not an IANA", "start and stop are the same"],
    ),
    "closed dates backwards, with an unknown key": (
        f"{OFFICE}\n    closed: [{{from: 2026-12-31, to: 2026-12-28, why: holidays}}]",
        ["why: 'holidays': unknown key", "`to` is before `from`"],
    ),
    "a schedule without a time zone, with another error": (
        f"{OFFICE}\n    ready: now", ["ready: 'now'", "timezone: is required here"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "messages"), SCHEDULE_CONFLICTS.values(), ids=SCHEDULE_CONFLICTS)
def test_what_does_not_fit_in_a_schedule_is_named_beside_other_errors(
    line: str, messages: list[str]
) -> None:
    errors = errors_of(f"schedules:\n  o:\n    {line}\n")
    assert [sum(message in error for error in errors) for message in messages] == [1, 1]


def test_an_entry_with_another_error_is_still_a_duplicate_and_in_need_of_a_target() -> None:
    scaling = f"scaling: {{{CAPACITY}, metric: exact}}"
    entry = f"{{name: e, schedule: always, ready: now, {scaling}}}"
    errors = errors_of(f"endpoints: [{entry}, {{name: E, schedule: always}}]")
    assert [error.split(":")[0] for error in errors] == [
        "endpoints[0].ready",
        "endpoints[0].name",
        "endpoints[0].scaling.target",
        "endpoints[1].name",
    ]


TYPES = {
    "one of EC2": ("g5.2xlarge", [f"{NO_TYPE}; did you mean 'ml.g5.2xlarge'?"] * 2),
    "in capitals": ("ML.G5.2xlarge", [f"{NO_TYPE}; did you mean 'ml.g5.2xlarge'?"] * 2),
    "a family": ("ml.g5", [NO_TYPE] * 2),
    "one that AWS may add": ("ml.x9.2xlarge", []),
}


@pytest.mark.parametrize(("name", "messages"), TYPES.values(), ids=TYPES)
def test_an_instance_type_is_judged_by_its_form(name: str, messages: list[str]) -> None:
    errors = errors_of(
        f"prices: {{{name}: 1.5}}\n"
        f"endpoints: [{{name: e, schedule: always, scaling: {{capacity: {{{name}: 10}}}}}}]"
    )
    assert [error.rpartition(": ")[2] for error in errors] == messages


def test_a_broken_time_zone_at_the_top_is_one_error() -> None:
    parsed = config.parse(with_endpoint("").replace("New_York", "New_Yrok"))
    assert [field_error.path for field_error in parsed.errors] == ["timezone"]
    assert parsed.endpoints == ()


NO_YAML = {
    "an empty file": ("", "the file is empty"),
    "a list": ("- a\n- b", "not a mapping"),
    "a number for the endpoints": ("endpoints: 3", "endpoints: 3: not a list"),
    "a bracket left open": (
        "endpoints: [",
        "line 1: column 13: not YAML: while parsing a flow node, expected the node content",
    ),
    "a key that stands twice": ("a: 1\na: 2", "found duplicate key"),
    "no text": ("a\0", "not YAML: unacceptable character #x0000"),
    "lists in lists in lists": ("- " * 5_000, "nested too deep"),
    "no digit of an int": ("a: !!int ''", "'' cannot be read as int"),
    "no digit of a float": ("a: !!float ''", "'' cannot be read as float"),
    "5,000 digits": (f"a: {'1' * 5_000}", "11 cannot be read as int"),
    "a tag that does not fit": (
        "a: !!bool maybe", "line 1: column 4: not YAML: 'maybe' cannot be read as bool",
    ),
    "code": (
        "a: !!python/name:os.system x",
        "the tag !!python/name:os.system is not understood; leave it out",
    ),
    "a set in the place of a list": (
        "a: 1\nendpoints: !!set {a, b}",
        "line 2: column 12: not YAML: the tag !!set is not understood; leave it out",
    ),
    "a timestamp": ("timezone: !!timestamp 2026-01-01", "the tag !!timestamp"),
    "two files in one": ("a: 1\n---\nb: 2", "expected a single document"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), NO_YAML.values(), ids=NO_YAML)
def test_what_cannot_be_read_is_one_error(text: str, message: str) -> None:
    (field_error,) = errors_of(text)
    assert message in field_error


def test_the_tags_of_plain_values_are_allowed() -> None:
    assert errors_of("timezone: !!str UTC\nendpoints: !!seq []\nprices: !!map {}") == []


def test_values_that_multiply_are_shown_in_part() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{level + 1}: &a{level + 1} [*a{level}, *a{level}]\n" for level in range(40)
    )
    errors = errors_of(bomb)
    assert len(errors) == 41
    assert all(len(field_error) < 250 for field_error in errors)

"""Each limit of the file: at the limit nothing is wrong, one beyond is an error that names it."""

from collections.abc import Callable

import pytest

from lowtide import config
from lowtide.config.file_model import MOST_ENTRIES
from lowtide.config.loader import MOST_ERRORS
from lowtide.config.yaml_text import LONGEST
from lowtide.validation import LONGEST_VALUE_SHOWN, MOST_DESCRIBED, field_error

WINDOW = '{start: "0 8 * * *", stop: "0 9 * * *"}'


def endpoints(count: int) -> str:
    return "".join(f"- {{name: e{n}, schedule: always}}\n" for n in range(count))


def schedules(count: int) -> str:
    """By an alias, so that a thousand are parsed quickly."""
    first = f"schedules:\n  s0: &s {{timezone: UTC, windows: [{WINDOW}]}}\n"
    return first + "".join(f"  s{n}: *s\n" for n in range(1, count))


def windows(count: int) -> str:
    crons = (f'{{start: "{n} 8 * * *", stop: "0 9 * * *"}}' for n in range(count))
    return f"schedules: {{o: {{timezone: UTC, windows: [{', '.join(crons)}]}}}}"


def closed(count: int) -> str:
    return (
        f"schedules: {{o: {{timezone: UTC, windows: [{WINDOW}], "
        f"closed: [{', '.join(['2026-12-24'] * count)}]}}}}"
    )


def characters(count: int) -> str:
    return "timezone: UTC\n".ljust(count, "#")


LIMITS = {
    "endpoints": (
        lambda n: f"endpoints:\n{endpoints(n)}", MOST_ENTRIES, "1,001 entries; at most 1,000",
    ),
    "schedules": (schedules, MOST_ENTRIES, "1,001 entries; at most 1,000"),
    "windows of a schedule": (windows, 50, "51 entries; at most 50"),
    "closed dates": (closed, 1_000, "1,001 entries; at most 1,000"),
    "characters of a file": (
        characters, LONGEST, "1,000,001 characters; at most 1,000,000 in one file",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "limit", "message"), LIMITS.values(), ids=LIMITS)
def test_a_limit_may_be_reached_and_not_passed(
    text: Callable[[int], str], limit: int, message: str
) -> None:
    assert config.parse(text(limit)).errors == ()
    errors = config.parse(text(limit + 1)).errors
    assert [error.message for error in errors] == [message]


def test_no_more_errors_are_shown_than_people_read() -> None:
    """An alias makes a thousand values of four characters."""
    bad = ", ".join(["bad"] * (MOST_DESCRIBED + 2))
    entries = "".join(f"- {{name: e{n}, schedule: s, closed: *b}}\n" for n in range(11))
    text = f"schedules: {{s: {{timezone: UTC, windows: [{WINDOW}], closed: &b [{bad}]}}}}\n"
    errors = [str(error) for error in config.parse(f"{text}endpoints:\n{entries}").errors]
    assert errors[MOST_DESCRIBED] == "schedules.s: and 2 more errors"
    assert len(errors) == MOST_ERRORS + 1
    assert errors[-1] == f"and {51 + 11 * 52 - MOST_ERRORS} more errors"


ENDS = {
    "a range of one day": ("closed", "{from: 2026-12-24, to: 2026-12-24}", True),
    "of no day": ("closed", "{from: 2026-12-24, to: 2026-12-23}", False),
    "the first year": ("closed", "2000-01-01", True),
    "the year before it": ("closed", "1999-12-31", False),
    "the year after it": ("closed", "2101-01-01", False),
    "a span of a minute": ("open", "{from: 2026-12-24T10:00, to: 2026-12-24T10:01}", True),
    "of no minute": ("open", "{from: 2026-12-24T10:00, to: 2026-12-24T10:00}", False),
    "of 366 days": ("open", "{from: 2027-01-01T00:00, to: 2028-01-02T00:00}", True),
    "a minute longer": ("open", "{from: 2027-01-01T00:00, to: 2028-01-02T00:01}", False),
}


@pytest.mark.parametrize(("key", "entry", "is_valid"), ENDS.values(), ids=ENDS)
def test_the_ends_of_dates_and_spans(key: str, entry: str, *, is_valid: bool) -> None:
    text = f"schedules: {{o: {{timezone: UTC, windows: [{WINDOW}], {key}: [{entry}]}}}}"
    assert (config.parse(text).errors == ()) is is_valid


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(10**LONGEST_VALUE_SHOWN - 1, "9" * LONGEST_VALUE_SHOWN, id="80 digits"),
        pytest.param(10**LONGEST_VALUE_SHOWN, "a very large number", id="81 digits"),
        pytest.param(-(10**LONGEST_VALUE_SHOWN), "a very large number", id="below zero"),
        pytest.param("b" * 78, repr("b" * 78), id="text of 80 characters with its quotes"),
        pytest.param("b" * 79, f"'{'b' * 79}…", id="one more"),
    ],
)
def test_a_value_is_cut_where_it_is_too_long(value: object, shown: str) -> None:
    assert field_error((), value, "no").value == shown

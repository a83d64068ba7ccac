"""Files with errors in dates, names, limits, and YAML's own traps."""

import pytest

from lowtide import config

FILE = """
timezone: America/New_York
schedules:
  o:
    windows: [{start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}]
    SCHEDULE
endpoints:
  - name: my-endpoint
    schedule: o
    ENDPOINT
"""
WINDOWS = 'windows: [{start: "0 8 * * *", stop: "0 9 * * *"}]'
NO_DATE = "not a date; write year-month-day, for example 2026-12-24"
NO_MOMENT = "not a date and a time; write for example 2026-12-29T10:00"
UNKNOWN = "not a country that is known; "
NO_COUNTRY = f"{UNKNOWN}write its ISO 3166 code, for example US, DE or GB"
NO_ZONE = "is required here or at the top of the file, for example America/New_York"
NO_MINUTE = "on the clock of America/New_York no minute lies between them"
NO_NAME = "not a name in SageMaker: up to 63 letters, digits and hyphens between them"


def errors_of(text: str) -> list[str]:
    return [str(field_error) for field_error in config.parse(text).errors]


def with_schedule(line: str) -> str:
    return FILE.replace("SCHEDULE", line).replace("ENDPOINT", "")


def with_endpoint(line: str) -> str:
    return FILE.replace("SCHEDULE", "").replace("ENDPOINT", line)


CLOSED = {
    "a date of another order": ("24.12.2026", f": '24.12.2026': {NO_DATE}"),
    "a date without hyphens": ("20261224", f": 20261224: {NO_DATE}"),
    "nothing": ("null", f": null: {NO_DATE}"),
    "a date cut short": ("2026-2-3", ": '2026-2-3': not a date alone; write 2026-02-03"),
    "a time of day": (
        "2026-12-24T10:00Z", ": '2026-12-24T10:00Z': not a date alone; write 2026-12-24",
    ),
    "30 February": (
        "2026-02-30", ": '2026-02-30': there is no such date: day is out of range for month",
    ),
    "the year 26": ("0026-12-24", ": '0026-12-24': the year must be from 2000 to 2100"),
    "a range that runs backwards": (
        "{from: 2026-12-31, to: 2026-12-28}",
        (": {'from': '2026-12-31', 'to': '2026-12-28'}: `to` is before `from`; "
            "write {from: 2026-12-28, to: 2026-12-31}"),
    ),
    "a range without an end": ("{from: 2026-12-31}", ".to: is required"),
    "a mistyped key": (
        "{form: 2026-12-31, to: 2026-12-31}",
        ".form: '2026-12-31': unknown key; did you mean 'from'?",
    ),
    "two forms in one": (
        "{country: US, to: 2026-12-31}",
        ".to: '2026-12-31': cannot stand beside the others here; make it an entry of its own",
    ),
    "a common code": ("{country: UK}", f".country: 'UK': {UNKNOWN}did you mean 'GB'?"),
    "a name": ("{country: Norway}", f".country: 'Norway': {UNKNOWN}did you mean 'NO'?"),
    "a name of two words in small letters": (
        "{country: united kingdom}", f".country: 'united kingdom': {UNKNOWN}did you mean 'GB'?",
    ),
    "three letters": ("{country: DEU}", f".country: 'DEU': {UNKNOWN}did you mean 'DE'?"),
    "no country at all": ("{country: EU}", f".country: 'EU': {NO_COUNTRY}"),
    "a part of a country": (
        "{country: England}",
        f".country: 'England': {UNKNOWN}did you mean {{country: GB, subdivision: ENG}}?",
    ),
    "a state of the US": (
        "{country: Texas}",
        f".country: 'Texas': {UNKNOWN}did you mean {{country: US, subdivision: TX}}?",
    ),
    "a number": (
        "{country: 4}", ".country: 4: not text; write the code in quotes, for example 'NO'",
    ),
    "a subdivision by name": (
        "{country: US, subdivision: New York}",
        ".subdivision: 'New York': not known as a part of US; did you mean 'NY'?",
    ),
    "a subdivision with its country": (
        "{country: US, subdivision: US-NY}",
        ".subdivision: 'US-NY': not known as a part of US; did you mean 'NY'?",
    ),
    "a subdivision that is like none": (
        "{country: GB, subdivision: EU}",
        ".subdivision: 'EU': not known as a part of GB; valid are ENG, NIR, SCT, WLS",
    ),
    "a subdivision in small letters": (
        "{country: US, subdivision: ny}",
        ".subdivision: 'ny': not known as a part of US; did you mean 'NY'?",
    ),
    "a subdivision that YAML reads as a number": (
        "{country: FR, subdivision: 6}",
        ".subdivision: 6: not text; write the code in quotes, for example 'NY'",
    ),
    "a part of no country": ("{subdivision: NY}", ".country: is required"),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "message"), CLOSED.values(), ids=CLOSED)
def test_a_closed_entry_is_refused_with_what_would_be_valid(entry: str, message: str) -> None:
    (first, *_) = [
        field_error
        for field_error in errors_of(with_schedule(f"closed: [{entry}]"))
        if message in field_error
    ]
    assert first.startswith(f"schedules.o.closed[0]{message}")


OPEN = {
    "a date alone": (
        "{from: 2026-12-29, to: 2026-12-29T14:00}",
        (".from: '2026-12-29': a date has no time; write 2026-12-29T00:00 where it begins "
            "or 2026-12-29T24:00 where it ends"),
    ),
    "a time alone": ('{from: 2026-12-29T10:00, to: "14:00"}', f".to: '14:00': {NO_MOMENT}"),
    "a minute after the end of the day": (
        "{from: 2026-12-29T10:00, to: 2026-12-29T24:01}",
        ".to: '2026-12-29T24:01': there is no 24:01 on a clock; valid are 0:00 to 24:00",
    ),
    "minute 60": (
        "{from: 2026-12-29T10:60, to: 2026-12-29T14:00}",
        ".from: '2026-12-29T10:60': there is no 10:60 on a clock; valid are 0:00 to 24:00",
    ),
    "seconds": (
        "{from: 2026-12-29T9:00:30, to: 2026-12-29T14:00}",
        ".from: '2026-12-29T9:00:30': minutes only; write 2026-12-29T09:00",
    ),
    "an offset of more than a day": (
        "{from: 2026-12-29T10:00+25:00, to: 2026-12-29T14:00}",
        (".from: '2026-12-29T10:00+25:00': +25:00 is no offset from UTC; "
            "write for example Z or -05:00"),
    ),
    "a span that runs backwards": (
        "{from: 2026-12-29T14:00, to: 2026-12-29T10:00}",
        (": {'from': '2026-12-29T14:00', 'to': '2026-12-29T10:00'}: "
            f"`to` must be after `from`; {NO_MINUTE}"),
    ),
    "a span of no minute": (
        "{from: 2026-12-29T14:00, to: 2026-12-29T14:00}",
        (": {'from': '2026-12-29T14:00', 'to': '2026-12-29T14:00'}: "
            f"`to` must be after `from`; {NO_MINUTE}"),
    ),
    "a span that runs backwards once its offset is known": (
        "{from: 2026-12-29T14:00, to: 2026-12-29T18:00Z}",
        (": {'from': '2026-12-29T14:00', 'to': '2026-12-29T18:00Z'}: "
            f"`to` must be after `from`; {NO_MINUTE}"),
    ),
    "a span in the hour that the clock leaves out": (
        "{from: 2026-03-08T02:10, to: 2026-03-08T02:50}",
        (": {'from': '2026-03-08T02:10', 'to': '2026-03-08T02:50'}: "
            f"`to` must be after `from`; {NO_MINUTE}"),
    ),
    "a span of years": (
        "{from: 2026-12-29T10:00, to: 2028-12-29T10:00}",
        (": {'from': '2026-12-29T10:00', 'to': '2028-12-29T10:00'}: "
            "longer than 366 days; use `windows` or `always`"),
    ),
    "a number": ("3", ": 3: not a mapping; valid keys are from, to"),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "message"), OPEN.values(), ids=OPEN)
def test_an_open_entry_is_refused_with_what_would_be_valid(entry: str, message: str) -> None:
    assert errors_of(with_schedule(f"open: [{entry}]"))[0] == f"schedules.o.open[0]{message}"


ENDPOINT = {
    "a configuration's name": ("config: a_b", f"config: 'a_b': {NO_NAME}"),
    "a name in a list": ("config: [a, b_c]", f"config[1]: 'b_c': {NO_NAME}"),
    "a configuration that is named twice": (
        "config: [a, b, A]",
        "config: ['a', 'b', 'A']: a is named twice; name each configuration once",
    ),
    "no one at all": ("config: []", "config: []: empty; at least one is needed"),
    "a key left blank": ("config:", "config: null: not text; write it in quotes"),
    "yes is no truth in YAML": (
        "delete_cloudformation_owned: yes",
        "delete_cloudformation_owned: 'yes': write true or false",
    ),
    "a choice": ("ready: at-begin", "ready: 'at-begin': valid are at-start or after-start"),
    "a blank choice": ("ready:", "ready: null: blank; give a value or leave the key out"),
    "a fleet of no type": (
        "scaling: {capacity: {}}", "scaling.capacity: {}: empty; at least one is needed",
    ),
    "less than nothing": (
        "scaling: {capacity: {ml.g6.xlarge: -1}}",
        "scaling.capacity['ml.g6.xlarge']: -1: must be at least 0.1",
    ),
    "a number as a key": (
        "scaling: {capacity: {10: 10}}",
        "scaling.capacity[10]: 10: a key must be text; write it in quotes",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "message"), ENDPOINT.values(), ids=ENDPOINT)
def test_an_endpoint_is_refused_with_what_would_be_valid(line: str, message: str) -> None:
    assert errors_of(with_endpoint(line)) == [f"endpoints[0].{message}"]


CAPACITY = "capacity: {ml.g6.xlarge: 10}"


CONFLICTS = {
    "a range upside down beside a target in per cent": (
        f"{CAPACITY}, min: 5, max: 2, target: 75",
        ["target: 75: must be at most 1", "min 5 is more than max 2"],
    ),
    "a range upside down beside a capacity of zero": (
        "capacity: {ml.g6.xlarge: 0}, min: 5, max: 2",
        ["capacity['ml.g6.xlarge']: 0: must be at least 0.1", "min 5 is more than max 2"],
    ),
    "a range upside down beside a mistyped key": (
        f"{CAPACITY}, min: 5, max: 2, traget: 0.7",
        ["traget: 0.7: unknown key", "min 5 is more than max 2"],
    ),
    "a range upside down beside a capacity that is missing": (
        "min: 5, max: 2", ["capacity: is required", "min 5 is more than max 2"],
    ),
    "half a range beside a target in per cent": (
        f"{CAPACITY}, min: 1, target: 75", ["target: 75: must be at most 1", "min without max"],
    ),
    "a max with an error is not a missing one": (
        f"{CAPACITY}, min: 1, max: two, target: 0.7", ["max: 'two': not a whole number"],
    ),
    "all that does not fit together": (
        f"{CAPACITY}, reference: ml.g5.xlarge, min: 3, max: 1, fast_lane: true, resolution: 60",
        [
                "min 3 is more than max 1",
                "fast_lane needs min, max and target",
                "fast_lane needs a point every 10 seconds",
                "reference 'ml.g5.xlarge' has no capacity",
            ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("scaling", "messages"), CONFLICTS.values(), ids=CONFLICTS)
def test_what_does_not_fit_is_named_beside_other_errors_of_the_mapping(
    scaling: str, messages: list[str]
) -> None:
    errors = errors_of(with_endpoint(f"scaling: {{{scaling}}}"))
    found = {message: [e for e in errors if message in e] for message in messages}
    assert all(len(matching) == 1 for matching in found.values()), errors
    assert len(errors) == len(messages)


SCHEDULE_CONFLICTS = {
    "a window that stops as it starts, with a time zone that is none": (
        "windows: [{start: '0 8 * * *', stop: '0 8 * * *', timezone: EST}]",
        ["timezone: 'EST': not an IANA", "start and stop are the same"],
    ),
    "closed dates backwards, with an unknown key": (
        f"{WINDOWS}\n    closed: [{{from: 2026-12-31, to: 2026-12-28, why: holidays}}]",
        ["why: 'holidays': unknown key", "`to` is before `from`"],
    ),
    "a span backwards, with an unknown key": (
        f"{WINDOWS}\n    open: [{{from: 2026-12-29T14:00, to: 2026-12-29T10:00, why: x}}]",
        ["why: 'x': unknown key", "`to` must be after `from`"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "messages"), SCHEDULE_CONFLICTS.values(), ids=SCHEDULE_CONFLICTS)
def test_what_does_not_fit_in_a_schedule_is_named_beside_other_errors(
    line: str, messages: list[str]
) -> None:
    errors = errors_of(f"timezone: UTC\nschedules:\n  o:\n    {line}\n")
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


NO_TYPE = "not an instance type of SageMaker, which look like ml.g6.2xlarge"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("g5.2xlarge", f"{NO_TYPE}; did you mean 'ml.g5.2xlarge'?", id="one of EC2"),
        pytest.param(
            "ML.G5.2xlarge", f"{NO_TYPE}; did you mean 'ml.g5.2xlarge'?", id="in capitals"
        ),
        pytest.param("ml.g5", NO_TYPE, id="a family"),
        pytest.param("gpu", NO_TYPE, id="a word"),
    ],
)
def test_what_is_no_instance_type_is_refused(name: str, message: str) -> None:
    errors = errors_of(
        f"prices: {{{name}: 1.5}}\n"
        f"endpoints: [{{name: e, schedule: always, scaling: {{capacity: {{{name}: 10}}}}}}]"
    )
    assert [error.rpartition(": ")[2] for error in errors] == [message, message]
    assert [error.startswith("prices") for error in errors] == [True, False]


def test_an_instance_type_that_is_not_known_here_is_accepted() -> None:
    text = "endpoints: [{name: e, schedule: always, scaling: {capacity: {ml.x9.2xlarge: 10}}}]"
    assert errors_of(text) == []


@pytest.mark.parametrize("key", ["closed: [2026-12-24]", "open: [{from: 2026-12-29T10:00}]"])
def test_an_endpoint_that_is_always_awake_has_no_hours(key: str) -> None:
    parsed = errors_of(f"endpoints: [{{name: e, schedule: always, {key}}}]")
    message = "`always` has no hours to change; leave it out, or name a schedule"
    assert any(f.startswith("endpoints[0].") and f.endswith(message) for f in parsed)


NAMES = {
    "two that differ in capitals only": (
        ("Office", "office"), "another name differs in capitals only; keep one of the two",
    ),
    "a taken name": (("always",), "the name is taken: `always` means without windows"),
    "Always": (("Always",), "the name is taken: `always` means without windows"),
}  # fmt: skip


@pytest.mark.parametrize(("names", "message"), NAMES.values(), ids=NAMES)
def test_a_name_that_would_be_mistaken_is_refused(names: tuple[str, ...], message: str) -> None:
    bodies = "".join(f"  {name}: {{{WINDOWS}}}\n" for name in names)
    assert errors_of(f"timezone: UTC\nschedules:\n{bodies}") == [
        f"schedules.{name}: {name!r}: {message}" for name in names
    ]


def test_a_name_that_is_a_number_is_refused() -> None:
    assert errors_of(f"timezone: UTC\nschedules:\n  2026: {{{WINDOWS}}}\n") == [
        "schedules[2026]: 2026: a key must be text; write it in quotes"
    ]


def test_a_missing_time_zone_is_named_beside_another_error_of_the_entry() -> None:
    assert errors_of(f"schedules:\n  o:\n    {WINDOWS}\n    ready: now\n") == [
        "schedules.o.ready: 'now': valid are at-start or after-start",
        f"schedules.o.timezone: {NO_ZONE}",
    ]


def test_a_broken_time_zone_at_the_top_is_one_error() -> None:
    text = FILE.replace("SCHEDULE", "").replace("ENDPOINT", "").replace("New_York", "New_Yrok")
    parsed = config.parse(text)
    assert [field_error.path for field_error in parsed.errors] == ["timezone"]
    assert parsed.endpoints == ()


A_DOZEN = """
timezone: America/New_Yrok
schedule: office
schedules:
  office:
    windows:
      - {start: "0 8 ? * MON", stop: "0 25 * * *"}
      - {strat: "0 8 * * *", stop: "@daily"}
    closed: [24.12.2026, {country: UK}]
  Office:
    windows: []
endpoints:
  - name: my_endpoint
    schedule: offic
    drain: {deadline: 35}
  - name: other
    scaling: {capacity: {ml.g6.xlarge: ten}}
"""


def test_the_errors_of_a_file_come_at_once_each_with_its_path() -> None:
    parsed = config.parse(A_DOZEN)
    assert parsed.endpoints == ()
    assert [field_error.path for field_error in parsed.errors] == [
        "timezone",
        "schedule",
        "schedules.office.closed[0]",
        "schedules.office.closed[1].country",
        "schedules.office.windows[0].start",
        "schedules.office.windows[0].stop",
        "schedules.office.windows[1].start",
        "schedules.office.windows[1].stop",
        "schedules.office.windows[1].strat",
        "schedules.office",
        "schedules.Office.windows",
        "schedules.Office",
        "endpoints[0].name",
        "endpoints[0].drain.deadline",
        "endpoints[0].schedule",
        "endpoints[1].schedule",
        "endpoints[1].scaling.capacity['ml.g6.xlarge']",
    ]


NO_YAML = {
    "a bracket left open": (
        "endpoints: [",
        "line 1: column 13: not YAML: while parsing a flow node, expected the node content",
    ),
    "a key that stands twice": ("a: 1\na: 2", "found duplicate key"),
    "no text": ("a\0", "not YAML: unacceptable character #x0000"),
    "lists in lists in lists": ("- " * 5_000, "nested too deep"),
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
    "an ordered mapping": ("endpoints: !!omap [a: 1]", "the tag !!omap"),
    "pairs": ("endpoints: !!pairs [a: 1]", "the tag !!pairs"),
    "bytes": ("timezone: !!binary VVRD", "the tag !!binary"),
    "a timestamp": ("timezone: !!timestamp 2026-01-01", "the tag !!timestamp"),
    "a tag of somebody's own": ("timezone: !city Paris", "the tag !city"),
    "a set as the file": ("!!set {timezone}", "the tag !!set"),
    "two files in one": ("a: 1\n---\nb: 2", "expected a single document"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), NO_YAML.values(), ids=NO_YAML)
def test_what_is_no_yaml_is_one_error(text: str, message: str) -> None:
    (field_error,) = errors_of(text)
    assert message in field_error


def test_the_tags_of_plain_values_are_allowed() -> None:
    assert errors_of("timezone: !!str UTC\nendpoints: !!seq []\nprices: !!map {}") == []


def test_a_value_that_holds_itself_is_shown_in_part() -> None:
    (field_error,) = errors_of("endpoints: [&a [*a, *a, *a]]")
    assert len(field_error) < 250


def test_values_that_multiply_are_shown_in_part() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{level + 1}: &a{level + 1} [*a{level}, *a{level}]\n" for level in range(60)
    )
    errors = errors_of(bomb)
    assert len(errors) == 61
    assert all(len(field_error) < 250 for field_error in errors)

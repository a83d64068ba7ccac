"""Files with errors in dates, names, limits, and YAML's own traps."""

import pytest

from tests.unit.config.files import (
    OFFICE,
    errors_of,
    with_endpoint,
    with_schedule,
)

NO_DATE = "not a date; write year-month-day, for example 2026-12-24"
NO_MOMENT = "not a date and a time; write for example 2026-12-29T10:00, or T24:00 for midnight"
UNKNOWN = "not a country that is known; "
NO_COUNTRY = f"{UNKNOWN}write its ISO 3166 code, for example US, DE or GB"
BACKWARDS = (
    "`to` must be after `from`; on the clock of America/New_York no minute lies between them"
)
NO_NAME = "not a name in SageMaker: up to 63 letters, digits and hyphens between them"


CLOSED = {
    "a date of another order": ("24.12.2026", f": '24.12.2026': {NO_DATE}"),
    "a date without hyphens": ("20261224", f": 20261224: {NO_DATE}"),
    "a date without its zeros": ("2026-2-3", f": '2026-2-3': {NO_DATE}"),
    "a time of day": ("2026-12-24T10:00Z", f": '2026-12-24T10:00Z': {NO_DATE}"),
    "nothing": ("null", f": null: {NO_DATE}"),
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
    "a country that is not known": ("{country: EU}", f".country: 'EU': {NO_COUNTRY}"),
    "a country by a common code": ("{country: UK}", f".country: 'UK': {UNKNOWN}did you mean 'GB'?"),
    "a country by name": ("{country: Norway}", f".country: 'Norway': {UNKNOWN}did you mean 'NO'?"),
    "a country by its own name": (
        "{country: Deutschland}", f".country: 'Deutschland': {UNKNOWN}did you mean 'DE'?",
    ),
    "a country by its long name": (
        "{country: Great Britain}", f".country: 'Great Britain': {UNKNOWN}did you mean 'GB'?",
    ),
    "a part by its English name": (
        "{country: Bavaria}",
        f".country: 'Bavaria': {UNKNOWN}did you mean {{country: DE, subdivision: BY}}?",
    ),
    "three letters": ("{country: DEU}", f".country: 'DEU': {UNKNOWN}did you mean 'DE'?"),
    "a part of a country as a country": (
        "{country: England}",
        f".country: 'England': {UNKNOWN}did you mean {{country: GB, subdivision: ENG}}?",
    ),
    "a subdivision by name": (
        "{country: US, subdivision: New York}",
        ".subdivision: 'New York': not known as a part of US; did you mean 'NY'?",
    ),
    "a country that YAML reads as a number": (
        "{country: 4}", ".country: 4: not text; write the code in quotes, for example 'NO'",
    ),
    "a subdivision that no part is like": (
        "{country: GB, subdivision: EU}",
        ".subdivision: 'EU': not known as a part of GB; valid are ENG, NIR, SCT, WLS",
    ),
    "a subdivision in small letters": (
        "{country: US, subdivision: ny}",
        ".subdivision: 'ny': not known as a part of US; did you mean 'NY'?",
    ),
    "a subdivision of a country that has none": (
        "{country: SG, subdivision: X}",
        (
            ".subdivision: 'X': not known as a part of SG; "
            "leave it out: no part has holidays of its own"
        ),
    ),
    "a subdivision that YAML reads as a number": (
        "{country: FR, subdivision: 6}",
        ".subdivision: 6: not text; write the code in quotes, for example 'NY'",
    ),
    "a part of no country": ("{subdivision: NY}", ".country: is required"),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "message"), CLOSED.values(), ids=CLOSED)
def test_a_closed_entry_is_rejected_with_what_would_be_valid(entry: str, message: str) -> None:
    assert f"schedules.o.closed[0]{message}" in errors_of(with_schedule(f"closed: [{entry}]"))


OPEN = {
    "a date alone": ("2026-12-29", "2026-12-30T14:00", f".from: '2026-12-29': {NO_MOMENT}"),
    "seconds": (
        "2026-12-29T9:00:30", "2026-12-30T14:00", f".from: '2026-12-29T9:00:30': {NO_MOMENT}",
    ),
    "minute 60": (
        "2026-12-29T10:60", "2026-12-30T14:00", f".from: '2026-12-29T10:60': {NO_MOMENT}",
    ),
    "a minute after the end of the day": (
        "2026-12-29T10:00", "2026-12-29T24:01",
        ".to: '2026-12-29T24:01': there is no 24:01 on a clock; valid are 0:00 to 24:00",
    ),
    "an offset of more than a day": (
        "2026-12-29T10:00+25:00", "2026-12-29T14:00",
        (".from: '2026-12-29T10:00+25:00': +25:00 is no offset from UTC; "
        "write for example Z or -05:00"),
    ),
    "a span of no minute": (
        "2026-12-29T14:00", "2026-12-29T14:00",
        f": {{'from': '2026-12-29T14:00', 'to': '2026-12-29T14:00'}}: {BACKWARDS}",
    ),
    "a span that runs backwards once its offset is known": (
        "2026-12-29T14:00", "2026-12-29T18:00Z",
        f": {{'from': '2026-12-29T14:00', 'to': '2026-12-29T18:00Z'}}: {BACKWARDS}",
    ),
    "a span in the hour that the clock leaves out": (
        "2026-03-08T02:10", "2026-03-08T02:50",
        f": {{'from': '2026-03-08T02:10', 'to': '2026-03-08T02:50'}}: {BACKWARDS}",
    ),
    "a span of years": (
        "2026-12-29T10:00", "2028-12-29T10:00",
        (": {'from': '2026-12-29T10:00', 'to': '2028-12-29T10:00'}: "
        "longer than 366 days; use `windows` or `always`"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("start", "stop", "message"), OPEN.values(), ids=OPEN)
def test_an_open_entry_is_rejected_with_what_would_be_valid(
    start: str, stop: str, message: str
) -> None:
    errors = errors_of(with_schedule(f"open: [{{from: {start}, to: {stop}}}]"))
    assert errors[0] == f"schedules.o.open[0]{message}"


ENDPOINT = {
    "a configuration's name": ("config: a_b", f"config: 'a_b': {NO_NAME}"),
    "a name in a list": ("config: [a, b_c]", f"config[1]: 'b_c': {NO_NAME}"),
    "a configuration that is named twice": (
        "config: [a, b, A]",
        "config: ['a', 'b', 'A']: a is named twice; name each configuration once",
    ),
    "no configuration": ("config: []", "config: []: empty; at least one is needed"),
    "a key left blank": ("config:", "config: null: not text; write it in quotes"),
    "yes is not true in YAML": (
        "delete_cloudformation_owned: yes",
        "delete_cloudformation_owned: 'yes': write true or false",
    ),
    "a choice": ("ready: at-begin", "ready: 'at-begin': valid are at-start or after-start"),
    "a blank choice": ("ready:", "ready: null: blank; give a value or leave the key out"),
    "a duration without a unit": (
        "drain: {deadline: 90}",
        "drain.deadline: 90: not a duration; write for example 90s, 35m, 2h, 1h30m or 3d",
    ),
    "a mistyped key": (
        "drian: {then: stay}", "drian: {'then': 'stay'}: unknown key; did you mean 'drain'?",
    ),
    "no capacity": (
        "scaling: {capacity: {}}", "scaling.capacity: {}: empty; at least one is needed",
    ),
    "a capacity below 0.1": (
        "scaling: {capacity: {ml.g6.xlarge: 0}}",
        "scaling.capacity['ml.g6.xlarge']: 0: must be at least 0.1",
    ),
    "a capacity that is not a finite number": (
        "scaling: {capacity: {ml.g6.xlarge: .nan}}",
        "scaling.capacity['ml.g6.xlarge']: nan: not a finite number",
    ),
    "a capacity in words": (
        "scaling: {capacity: {ml.g6.xlarge: ten}}",
        "scaling.capacity['ml.g6.xlarge']: 'ten': not a number",
    ),
    "a number as a key": (
        "scaling: {capacity: {10: 10}}",
        "scaling.capacity[10]: 10: a key must be text; write it in quotes",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "message"), ENDPOINT.values(), ids=ENDPOINT)
def test_an_endpoint_is_rejected_with_what_would_be_valid(line: str, message: str) -> None:
    assert errors_of(with_endpoint(line)) == [f"endpoints[0].{message}"]


TOP = {
    "no time zone at all": (
        "timezone: America/New_York\n", "",
        ("schedules.o.timezone: is required here or at the top of the file, "
        "for example America/New_York"),
    ),
    "a mistyped key": (
        "timezone: A", "timezon: A",
        "timezon: 'America/New_York': unknown key; did you mean 'timezone'?",
    ),
    "a schedule that does not exist": (
        "schedule: o", "schedule: oo",
        "endpoints[0].schedule: 'oo': no schedule has this name; did you mean 'o'?",
    ),
    "a schedule with an error takes its endpoints along": (
        '"0 20 ', '"0 25 ',
        "endpoints[0].schedule: 'o': this schedule has an error; see schedules.o",
    ),
    "a schedule's name is a number": (
        "  o:", "  2026:", "schedules[2026]: 2026: a key must be text; write it in quotes",
    ),
    "a schedule's name is taken": (
        "  o:", "  Always:",
        "schedules.Always: 'Always': the name is taken: `always` means without windows",
    ),
    "two schedules whose names differ in capitals only": (
        "endpoints:", f"  O: {{{OFFICE}}}\nendpoints:",
        "schedules.o: 'o': another name differs in capitals only; keep one of the two",
    ),
    "an endpoint's name": (
        "my-endpoint", "my_endpoint", f"endpoints[0].name: 'my_endpoint': {NO_NAME}",
    ),
    "two endpoints whose names differ in capitals only": (
        "endpoints:\n", "endpoints:\n  - {name: My-Endpoint, schedule: always}\n",
        "endpoints[0].name: 'My-Endpoint': another entry has this name; keep one of them",
    ),
    "`always` has no hours to close": (
        "schedule: o", "schedule: always\n    closed: [2026-12-24]",
        ("endpoints[0].closed: ['2026-12-24']: "
        "`always` has no hours to change; leave it out, or name a schedule"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("good", "broken", "message"), TOP.values(), ids=TOP)
def test_what_does_not_fit_the_rest_of_the_file_is_rejected(
    good: str, broken: str, message: str
) -> None:
    assert message in errors_of(with_endpoint("").replace(good, broken))

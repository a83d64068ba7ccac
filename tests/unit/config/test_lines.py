"""The line of the file in which an error stands."""

import pytest

from lowtide import config
from lowtide.config.yaml_text import line_finder

FILE = """\
timezone: America/New_Yrok
schedules:
  office: &office
    windows:
      - {start: "0 8 * * MON", stop: "0 20 * * MON"}
      - start: "0 8 * * SAT"
        stop:
          "0 25 * * SAT"
  2026: *office
endpoints:
  - name: my-endpoint
    schedule: office
    scaling:
      capacity: {ml.g6.2xlarge: ten}
"""


LINES = {
    "the file as a whole": ((), 1),
    "a key at the top": (("timezone",), 1),
    "a mapping has the line of its key": (("schedules", "office"), 3),
    "an entry of a list": (("schedules", "office", "windows", 0), 5),
    "on one line with others": (("schedules", "office", "windows", 0, "stop"), 5),
    "a value below its key": (("schedules", "office", "windows", 1, "stop"), 7),
    "a key that is a number": (("schedules", 2026), 9),
    "within an alias: where it stands": (("schedules", 2026, "windows", 0), 5),
    "a key that is missing: what would hold it": (("endpoints", 0, "drain"), 11),
    "a key that is missing at the top": (("schedule",), 1),
}


@pytest.mark.parametrize(("location", "line"), LINES.values(), ids=LINES)
def test_the_line_of_a_location(location: tuple[str | int, ...], line: int) -> None:
    assert line_finder(FILE)(location) == line


def test_each_error_of_a_file_has_its_line() -> None:
    line_of = line_finder(FILE)
    errors = config.parse(FILE).errors
    assert [(error.path, line_of(error.location)) for error in errors] == [
        ("timezone", 1),
        ("schedules[2026]", 9),
        ("schedules.office.windows[1].stop", 7),
        ("endpoints[0].scaling.capacity['ml.g6.2xlarge']", 14),
        ("endpoints[0].schedule", 12),
    ]


def test_what_is_no_yaml_has_the_line_where_reading_stopped() -> None:
    (error,) = config.parse("timezone: UTC\nendpoints: [\n").errors
    assert (error.path, error.line) == ("", 3)
    assert str(error).startswith("line 3: column 1: not YAML: ")

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


@pytest.mark.parametrize(
    ("location", "line"),
    [
        pytest.param((), 1, id="the file as a whole"),
        pytest.param(("timezone",), 1, id="a key at the top"),
        pytest.param(("schedules", "office"), 3, id="a mapping has the line of its key"),
        pytest.param(("schedules", "office", "windows", 0), 5, id="an entry of a list"),
        pytest.param(
            ("schedules", "office", "windows", 0, "stop"), 5, id="on one line with others"
        ),
        pytest.param(("schedules", "office", "windows", 1, "stop"), 7, id="a value below its key"),
        pytest.param(("schedules", 2026), 9, id="a key that is a number"),
        pytest.param(("schedules", 2026, "windows", 0), 5, id="within an alias: where it stands"),
        pytest.param(
            ("endpoints", 0, "scaling", "capacity", "ml.g6.2xlarge"), 14, id="deep within"
        ),
        pytest.param(("endpoints", 0, "drain"), 11, id="a key that is missing: what would hold it"),
        pytest.param(("schedule",), 1, id="a key that is missing at the top"),
    ],
)
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

"""An answer has the keys of the version before as well."""

from typing import Any

import pytest

from lowtide.workflows.control.key_names import NEW_NAMES, OLD_NAMES, also_named


@pytest.mark.parametrize(
    ("answer", "both"),
    [
        pytest.param(
            {"desired_state": "awake"},
            {"desired_state": "awake", "wish": "awake"},
            id="a renamed key is given twice",
        ),
        pytest.param({"status": "Absent"}, {"status": "Absent"}, id="any other once"),
        pytest.param(
            {"endpoints": [{"blocked": None}]},
            {"endpoints": [{"blocked": None, "refused": None}]},
            id="in lists, too",
        ),
        pytest.param(
            {"lead_time": {"shown": 1}},
            {"lead_time": {"shown": 1, "told": 1}, "lead": {"shown": 1, "told": 1}},
            id="and in mappings",
        ),
    ],
)
def test_old_names(answer: dict[str, Any], both: dict[str, Any]) -> None:
    assert also_named(answer, OLD_NAMES) == both


def test_new_names_are_found_in_an_older_answer() -> None:
    assert also_named({"wish": "awake"}, NEW_NAMES) == {"wish": "awake", "desired_state": "awake"}


def test_what_an_answer_has_already_is_not_replaced() -> None:
    answer = {"refused": "old", "blocked": "new"}
    assert also_named(answer, OLD_NAMES) == answer

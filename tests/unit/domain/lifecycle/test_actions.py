"""The names under which the table, the log and `status` know what was decided."""

from typing import get_args

from lowtide.domain.lifecycle.actions import Action, LifecycleStep, Step


def test_each_action_keeps_the_name_that_tables_have() -> None:
    steps = {*get_args(LifecycleStep.__value__), *get_args(Step.__value__)[1:]}
    others = {*get_args(Action.__value__)[:-1]}
    assert {action.name for action in steps} == {
        "ApplyScaling", "BeginDrain", "Create", "Delete", "EndDrain", "Forget", "Restore",
        "TakeSnapshot",
    }  # fmt: skip
    assert {action.name for action in others} == {"Paused", "Refuse", "Rest", "Wait"}

"""The names under which the table, the log and `status` know what was decided."""

from lowtide.domain.lifecycle import actions


def test_each_action_keeps_the_name_that_tables_have() -> None:
    names = {str(vars(c).get("name")) for c in vars(actions).values() if isinstance(c, type)}
    assert names - {"None"} == {
        "ApplyScaling", "BeginDrain", "Create", "Delete", "EndDrain", "Forget", "Paused",
        "Refuse", "Rest", "Restore", "TakeSnapshot", "Wait",
    }  # fmt: skip

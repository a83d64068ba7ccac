"""The runbook has a remedy for each alarm and for each code of a blocked step, and a test of it."""

import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

from lowtide.domain.endpoint.observed import Kind
from lowtide.domain.lifecycle.actions import OtherCode
from tests.template.transformed import Transformed

PAGE = "docs/operate/runbook.md"
_NAMES = re.compile("`([^`]+)`")
FUNCTIONS = "tests/integration/functions"
ALARMS, BLOCKED = (f"{FUNCTIONS}/runbook/test_{name}.py" for name in ("alarms", "blocked_steps"))
_OF_FUNCTIONS = (ALARMS, "test_alarms_about_functions_and_calls_end_with_their_cause")
_NO_CAPACITY = (
    ALARMS,
    "test_without_capacity_a_configuration_with_other_types_is_tried_once_it_is_deployed",
)
_UNBLOCKED = (BLOCKED, "test_what_blocks_a_step_is_named_and_gone_once_the_page_is_followed")
# The test that plays each row. What the embedded AWS does not have is put into its answers there.
PLAYED_BY = {
    "AttentionAlarm": _OF_FUNCTIONS,
    "FunctionErrorsAlarm": _OF_FUNCTIONS,
    "PublisherSilenceAlarm": _OF_FUNCTIONS,
    "SilenceAlarm": _OF_FUNCTIONS,
    "StepsFailedAlarm": _OF_FUNCTIONS,
    "StepsWaitingAlarm": _OF_FUNCTIONS,
    "UnreadableAlarm": _OF_FUNCTIONS,
    "NotInServiceAlarm": _NO_CAPACITY,
    "RestoreOverdueAlarm": (
        ALARMS, "test_what_aws_refuses_to_take_back_is_put_by_hand_under_its_name",
    ),
    "ScalingHeldAlarm": (
        ALARMS,
        "test_scaling_that_lowtide_may_not_resume_is_resumed_by_hand_then_paused_and_resumed",
    ),
    "ForgottenPauseAlarm": (ALARMS, "test_a_pause_without_an_end_is_reported_after_a_day"),
    "CreatingTooLongAlarm": (
        ALARMS, "test_while_one_is_created_for_too_long_another_is_created_under_another_name",
    ),
    "asynchronous": _UNBLOCKED,
    "missing": _UNBLOCKED,
    "not-tagged": _UNBLOCKED,
    "nothing-to-create": _UNBLOCKED,
    "out-of-service": _UNBLOCKED,
    "shadow-variants": _UNBLOCKED,
    "quota": _NO_CAPACITY,
    "creation-refused": (
        ALARMS, "test_one_that_lowtide_cannot_create_is_created_by_hand_and_completed",
    ),
    "rights-unknown": (BLOCKED, "test_while_iam_does_not_answer_nothing_is_deleted"),
    "denied": (
        f"{FUNCTIONS}/reconciler/test_refusals.py",
        "test_a_right_that_was_taken_away_is_missed_before_the_delete_not_after",
    ),
    "no-capacity": (
        f"{FUNCTIONS}/reconciler/test_managed_scaling.py",
        "test_while_it_is_not_this_stacks_or_lacks_a_capacity_its_scaling_is_left_alone",
    ),
    "foreign-snapshot": (
        f"{FUNCTIONS}/reconciler/test_planted_snapshots.py",
        "test_nothing_of_a_planted_snapshot_is_put_and_the_next_sleep_saves_a_clean_one",
    ),
    "not-restorable": (
        f"{FUNCTIONS}/reconciler/test_planted_snapshots.py",
        "test_an_alarm_that_would_not_be_put_back_blocks_the_delete_until_it_is_changed",
    ),
    "too-many-deletions": (
        f"{FUNCTIONS}/reconciler/test_deletion_limit.py",
        "test_of_seven_that_close_in_one_minute_five_are_deleted_in_the_first",
    ),
    "cloudformation": _UNBLOCKED,
    "inference-components": _UNBLOCKED,
    "serverless": _UNBLOCKED,
    "unknown-status": _UNBLOCKED,
}  # fmt: skip

# `lowtide advise --target` reads measurements from a file and calls no AWS: no stack is needed.
PAGES_PLAYED_BY = {
    "changes-by-hand.md": (
        f"{FUNCTIONS}/control/test_people.py",
        "test_one_that_a_person_recreates_gets_back_what_the_one_before_it_had",
    ),
    "choose-the-target.md": (
        "tests/unit/cli/advise/test_ramp.py", "test_the_answer_is_a_piece_of_the_file",
    ),
    "drills.md": (
        "tests/integration/workbench/server/test_drill_command.py",
        "test_the_command_begins_lists_and_stops_drills",
    ),
    "observe.md": (
        f"{FUNCTIONS}/test_observe.py",
        "test_an_observed_endpoint_is_told_about_and_left_as_it_is",
    ),
    "pipelines.md": (
        f"{FUNCTIONS}/control/test_pipelines_page.py",
        "test_the_script_pauses_and_resumes_around_a_deployment",
    ),
    "rehearse.md": (
        "tests/integration/cli/rehearse/test_rehearse.py",
        "test_a_copy_comes_into_service_is_reported_and_deleted",
    ),
    "savings.md": (
        f"{FUNCTIONS}/control/test_savings.py",
        "test_a_month_has_the_hours_of_its_nights_on_the_schedules_clock",
    ),
    "status.md": (
        "tests/integration/workbench/server/test_shell_of_pages.py",
        "test_the_page_shows_the_scaling_that_is_printed",
    ),
    "uninstall.md": (
        BLOCKED, "test_without_the_stack_an_endpoint_is_restored_from_the_table_by_hand",
    ),
    "wake-and-sleep.md": (
        f"{FUNCTIONS}/test_handlers.py",
        "test_a_person_wakes_it_at_night_and_it_goes_back_to_its_schedule",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def remedies(root: Path) -> Mapping[str, str]:
    """The last cell of each table row by the names in its first cell."""
    text = (root / PAGE).read_text(encoding="utf-8")
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return {name: row[-1].strip() for row in rows for name in _NAMES.findall(row[0])}


def alarms(template: Transformed) -> dict[str, str]:
    """The descriptions of the template's alarms by name."""
    resources = template.document["Resources"].items()
    kind = "AWS::CloudWatch::Alarm"
    properties = {name: each["Properties"] for name, each in resources if each["Type"] == kind}
    return {name: str(values["AlarmDescription"]) for name, values in properties.items()}


def test_every_alarm_and_every_blocker_code_has_a_row_and_nothing_else_has(
    template: Transformed, remedies: Mapping[str, str]
) -> None:
    kinds = chain(Kind, get_args(OtherCode.__value__))
    assert sorted(remedies) == sorted([*alarms(template), *map(str, kinds)])
    assert all(remedies.values())


def test_the_description_of_every_alarm_names_the_runbook(template: Transformed) -> None:
    without = [name for name, text in alarms(template).items() if PAGE not in text]
    assert without == []


def test_every_row_is_played_by_a_test(remedies: Mapping[str, str]) -> None:
    assert sorted(PLAYED_BY) == sorted(remedies)


def test_every_page_for_operators_is_played_by_a_test(root: Path) -> None:
    pages = {page.name for page in (root / PAGE).parent.glob("*.md")}
    assert {*PAGES_PLAYED_BY, Path(PAGE).name} == pages


@pytest.mark.parametrize(("file", "test"), sorted({*PLAYED_BY.values(), *PAGES_PLAYED_BY.values()}))
def test_what_plays_a_page_exists(root: Path, file: str, test: str) -> None:
    assert f"def {test}(" in (root / file).read_text(encoding="utf-8")

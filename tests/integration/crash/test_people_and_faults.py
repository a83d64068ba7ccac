"""People, AWS and time act on one endpoint in any order: what was wanted last is what comes back.

LOWTIDE_CRASH=all plays thirty times as many stories, and others each time.
"""

import os
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.integration.crash.setup import Stage
from tests.integration.crash.story import SCHEDULES

ALL = os.environ.get("LOWTIDE_CRASH") == "all"
EXAMPLES = 120 if ALL else 4
_FILES = st.one_of(
    st.tuples(st.just("schedule"), st.sampled_from(sorted(SCHEDULES))),
    st.tuples(st.just("off the file")),
)
_MINUTES = st.integers(0, 9)
_REQUESTS = st.one_of(
    st.tuples(st.just("override"), st.sampled_from(["wake", "sleep"]), st.integers(2, 20)),
    st.tuples(st.sampled_from(["auto", "pause", "resume"])),
)
_EDITS = st.one_of(
    st.tuples(st.just("range"), st.integers(1, 2), st.integers(0, 3)),
    st.tuples(st.just("policy"), st.sampled_from(["mine", "another"]), st.integers(1, 9)),
    st.tuples(st.just("no policy"), st.sampled_from(["mine", "follow-weighted-concurrency"])),
    st.tuples(st.just("no action"), st.sampled_from(["morning-floor", "release-the-floor"])),
)
_FAULTS = st.tuples(
    st.sampled_from(["killed after", "answer lost", "answers lost", "never sent", "throttled"]),
    st.sampled_from(["reconciler", "reconciler", "scheduler"]),
    st.integers(1, 40),
)


# What random stories found, or seldom come upon; they begin a minute before the window closes.
_SUSPENDED = (("time", 3),)
KNOWN: dict[str, tuple[tuple[int | str, ...], ...]] = {
    "paused while its scaling is suspended": (*_SUSPENDED, ("pause",), ("time", 3)),
    "off the file while its scaling is suspended": (*_SUSPENDED, ("off the file",), ("time", 3)),
    "made anew by hand while it is paused": (
        ("time", 22),
        ("pause",),
        ("by hand", ""),
        ("time", 4),
        ("by hand", "other"),
        ("time", 6),
    ),
    "created early, as three creations are known": (
        ("by hand", ""),
        ("time", 6),
        ("schedule", "late"),
        ("time", 9),
        ("by hand", ""),
        ("time", 32),
    ),
}


class Endpoint(RuleBasedStateMachine):
    """Few rules, so that each story has something of all; time passes after every act."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self._story = self.stage.begin_story()

    @rule(minutes=st.integers(1, 15))
    def time_passes(self, minutes: int) -> None:
        self._story("time", minutes)

    @rule(request=_REQUESTS, minutes=_MINUTES)
    def a_person_asks(self, request: tuple[int | str, ...], minutes: int) -> None:
        self._story(*request)
        self._story("time", minutes)

    @rule(edit=_EDITS, minutes=_MINUTES)
    def a_person_edits_the_scaling(self, edit: tuple[int | str, ...], minutes: int) -> None:
        self._story(*edit)
        self._story("time", minutes)

    @rule(config=st.sampled_from(["", "other"]), minutes=_MINUTES)
    def a_person_deletes_or_creates_the_endpoint(self, config: str, minutes: int) -> None:
        self._story("by hand", config)
        self._story("time", minutes)

    @rule(change=st.tuples(st.just("drought"), st.integers(2, 15)) | _FILES, minutes=_MINUTES)
    def capacity_runs_out_or_the_file_changes(
        self, change: tuple[int | str, ...], minutes: int
    ) -> None:
        self._story(*change)
        self._story("time", minutes)

    @rule(fault=_FAULTS, minutes=_MINUTES)
    def a_call_goes_wrong(self, fault: tuple[str, str, int], minutes: int) -> None:
        self._story("fault", *fault)
        self._story("time", minutes)

    def teardown(self) -> None:
        self._story.end()


@pytest.mark.parametrize("acts", KNOWN.values(), ids=KNOWN)
def test_a_story_that_once_failed(stage: Stage, acts: tuple[tuple[int | str, ...], ...]) -> None:
    story = stage.begin_story()
    for act in acts:
        story(*act)
    story.end()


def test_what_was_wanted_last_is_what_comes_back(stage: Stage) -> None:
    machine = type("Endpoint", (Endpoint,), {"stage": stage})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=14,
            derandomize=not ALL,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

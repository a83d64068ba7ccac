"""Whatever fails, at any call of any path: the desired state is reached, and nothing is lost.

Every day has other cases. LOWTIDE_CRASH_DAY=2026-11-23 plays those of that day, LOWTIDE_CRASH=all
every one; any other text in LOWTIDE_CRASH only those that have it in their name, such as
LOWTIDE_CRASH="wake: reconciler 4 sagemaker:CreateEndpoint: answer lost".
"""

import os
from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest

from tests.conftest import CRASH_CASES, CRASH_DAY
from tests.integration.crash.cases import DAYS, QUEUE, Case, Family, generated, sampled
from tests.integration.crash.paths import PATHS
from tests.integration.crash.setup import Stage

WANTED = os.environ.get("LOWTIDE_CRASH", "")
DAY = date.fromisoformat(CRASH_DAY)


@pytest.mark.parametrize("path", PATHS)
def test_the_desired_state_is_reached_and_nothing_is_lost(
    stage: Stage, path: str, record_property: Callable[[str, object], None]
) -> None:
    recording = stage.recording(path)
    by_family = {family: list(generated(path, recording, family)) for family in Family}
    chosen = [case for cases in by_family.values() for case in _chosen(cases)]
    record_property(CRASH_CASES, (path, len(chosen), sum(map(len, by_family.values()))))
    wrong = zip(chosen, stage.play(path, chosen), strict=True)
    assert {str(case): found for case, found in wrong if found} == {}


@pytest.mark.parametrize("count", [1, 83, 84, 85, 1000])
def test_each_case_is_played_once_in_twelve_weeks(count: int) -> None:
    cases = [Case("a path", QUEUE, nth, "message", "comes late by") for nth in range(count)]
    days = [DAY + timedelta(days=passed) for passed in range(min(DAYS, count))]
    assert sorted(case for day in days for case in sampled(cases, day)) == cases
    assert all(sampled(cases, day) for day in days)


def test_every_path_takes_the_steps_that_it_is_named_for(stage: Stage) -> None:
    """Else the cases would be made of nothing."""
    called = {path: [call.operation for call in stage.recording(path).calls] for path in PATHS}
    deleted = ("first sleep", "sleep", "stays until its streams end")
    assert all("DeleteEndpoint" in called[path] for path in deleted)
    suspended = [path for path in PATHS if path.endswith("while it drains")]
    assert [called[path].count("RegisterScalableTarget") for path in suspended] == [2, 2, 2]
    stays = "stays until its window opens"
    assert called[stays].count("RegisterScalableTarget") == 1  # it was suspended before
    assert not any("DeleteEndpoint" in called[path] for path in (*suspended, stays))
    assert all("CreateEndpoint" in called[path] for path in ("wake", "failed creation", "restore"))
    assert {"DeleteEndpoint", "PutScalingPolicy"} <= {*called["failed creation"]}
    assert {"RegisterScalableTarget", "PutScheduledAction", "PutMetricAlarm"} <= {
        *called["restore"]
    }
    scaled = called["wake with the file's scaling"]
    assert scaled.count("PutScalingPolicy") == 4  # two of the owner's, then two of the file's
    assert scaled.count("PutMetricAlarm") == 2


def _chosen(cases: Sequence[Case]) -> Sequence[Case]:
    if WANTED == "all":
        return cases
    return [c for c in cases if WANTED in str(c)] if WANTED else sampled(cases, DAY)

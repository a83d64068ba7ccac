"""Whatever goes wrong, at any call of any path: the wish is met, and nothing is lost.

LOWTIDE_CRASH=all plays every case; any other text only those that have it in their name, such as
LOWTIDE_CRASH="wake: reconciler 4 sagemaker:CreateEndpoint: answer lost".
"""

import os
from collections.abc import Callable, Sequence

import pytest

from tests.conftest import CRASH_CASES
from tests.integration.crash.cases import FAMILIES, Case, Family, generated, sampled
from tests.integration.crash.paths import PATHS
from tests.integration.crash.setup import Stage

WANTED = os.environ.get("LOWTIDE_CRASH", "")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
@pytest.mark.parametrize("path", PATHS)
def test_the_wish_is_met_and_nothing_is_lost(
    stage: Stage, path: str, family: Family, record_property: Callable[[str, object], None]
) -> None:
    cases = list(generated(path, stage.recording(path), family))
    chosen = _chosen(cases, family)
    record_property(CRASH_CASES, (path, len(chosen), len(cases)))
    wrong = zip(chosen, stage.play(path, chosen), strict=True)
    assert {str(case): found for case, found in wrong if found} == {}


def test_every_path_takes_the_steps_that_it_is_named_for(stage: Stage) -> None:
    """Else the cases would be made of nothing."""
    called = {path: [call.operation for call in stage.recording(path).calls] for path in PATHS}
    deleted = ("first sleep", "sleep", "stays until its streams end")
    assert all("DeleteEndpoint" in called[path] for path in deleted)
    held = [path for path in PATHS if path.endswith("while it drains")]
    assert [called[path].count("RegisterScalableTarget") for path in held] == [2, 2, 2]
    stays = "stays until its window opens"
    assert called[stays].count("RegisterScalableTarget") == 1  # it was held before
    assert not any("DeleteEndpoint" in called[path] for path in (*held, stays))
    assert all("CreateEndpoint" in called[path] for path in ("wake", "failed creation", "restore"))
    assert {"DeleteEndpoint", "PutScalingPolicy"} <= {*called["failed creation"]}
    assert {"RegisterScalableTarget", "PutScheduledAction", "PutMetricAlarm"} <= {
        *called["restore"]
    }
    scaled = called["wake with the file's scaling"]
    assert scaled.count("PutScalingPolicy") == 4  # two of the owner's, then two of the file's
    assert scaled.count("PutMetricAlarm") == 2


def _chosen(cases: Sequence[Case], family: Family) -> Sequence[Case]:
    if WANTED == "all":
        return cases
    return [c for c in cases if WANTED in str(c)] if WANTED else sampled(cases, family)

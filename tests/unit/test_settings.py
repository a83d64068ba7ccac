"""What each function reads from its environment; everything missing is named at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from lowtide.domain.schedule.lead_time import LeadTimeBounds
from lowtide.settings import LifecycleSettings, SchedulerSettings, Settings

ENVIRONMENT = {
    "LOWTIDE_CONFIG": "/opt/endpoints/dev.yaml",
    "LOWTIDE_STACK": "lowtide-dev",
    "LOWTIDE_TABLE": "lowtide-table",
    "LOWTIDE_LEAD_MINUTES": "30",
    "LOWTIDE_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/steps.fifo",
}
MINUTE = timedelta(minutes=1)
EVERY_FUNCTION = {"LOWTIDE_CONFIG", "LOWTIDE_STACK"}
LIFECYCLE = EVERY_FUNCTION | {"LOWTIDE_TABLE", "LOWTIDE_LEAD_MINUTES"}


def named(error: ValidationError) -> set[str]:
    return {str(part) for each in error.errors() for part in each["loc"]}


def test_the_variables_of_the_template_are_read() -> None:
    found = SchedulerSettings.from_env({**ENVIRONMENT, "PATH": "/usr/bin", "AWS_REGION": "x"})
    assert found.config == Path("/opt/endpoints/dev.yaml")
    assert found.stack == "lowtide-dev"
    assert found.table == "lowtide-table"
    assert found.lead == LeadTimeBounds(30 * MINUTE, 5 * MINUTE, 60 * MINUTE)
    assert found.longest_creation == 60 * MINUTE
    assert found.deletion_grace == 5 * MINUTE
    assert found.queue_url == ENVIRONMENT["LOWTIDE_QUEUE_URL"]


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        pytest.param(Settings, EVERY_FUNCTION, id="what every function needs"),
        pytest.param(LifecycleSettings, LIFECYCLE, id="what the reconciler and control need"),
        pytest.param(SchedulerSettings, set(ENVIRONMENT), id="what the scheduler needs"),
    ],
)
def test_missing_variables_are_all_named_at_once(kind: type[Settings], needed: set[str]) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.from_env({})
    assert named(caught.value) == needed
    assert all(name in str(caught.value) for name in needed)


def test_a_wrong_one_is_named_beside_a_missing_one() -> None:
    environment = ENVIRONMENT | {"LOWTIDE_LEAD_MINUTES": "half an hour"}
    del environment["LOWTIDE_TABLE"]
    with pytest.raises(ValidationError) as caught:
        LifecycleSettings.from_env(environment)
    assert named(caught.value) == {"LOWTIDE_TABLE", "LOWTIDE_LEAD_MINUTES"}


@pytest.mark.parametrize(
    ("minutes", "shortest", "longest"), [("45", "10", "45"), ("7.5", "45", "45"), ("0", "0", "0")]
)
def test_the_lead_time_and_its_bounds_are_in_minutes(
    minutes: str, shortest: str, longest: str
) -> None:
    given = {
        "LOWTIDE_LEAD_MINUTES": minutes,
        "LOWTIDE_SHORTEST_LEAD_MINUTES": shortest,
        "LOWTIDE_LONGEST_LEAD_MINUTES": longest,
    }
    lengths = [float(each) * MINUTE for each in given.values()]
    assert LifecycleSettings.from_env(ENVIRONMENT | given).lead == LeadTimeBounds(*lengths)


def test_of_bounds_that_contradict_each_other_the_larger_counts() -> None:
    """A function that refused them would create and delete nothing until the next deploy."""
    found = LifecycleSettings.from_env(ENVIRONMENT | {"LOWTIDE_SHORTEST_LEAD_MINUTES": "61"})
    assert found.lead == LeadTimeBounds(30 * MINUTE, 61 * MINUTE, 61 * MINUTE)
    (error,) = found.errors
    assert str(error) == (
        "ShortestLeadMinutes: 61.0: more than LongestLeadMinutes, 60; the larger counts for both"
    )
    assert LifecycleSettings.from_env(ENVIRONMENT).errors == ()

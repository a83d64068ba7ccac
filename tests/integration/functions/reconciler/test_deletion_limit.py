"""How many are deleted in a minute, and that none keeps the others from their place."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from tests.integration.functions.aws_calls import (
    counted,
    create_endpoint,
    endpoint_arn,
    raised,
    sagemaker,
)
from tests.integration.functions.conftest import TownMaker

ASLEEP_SOON = '{windows: [{start: "0 22 * * *", stop: "33 19 * * *"}]}'


def file_of(*names: str) -> str:
    """Their window ends at 19:33."""
    entries = (f"  - {{name: {name}, schedule: {ASLEEP_SOON}}}\n" for name in names)
    return f"timezone: America/New_York\nendpoints:\n{''.join(entries)}"


def test_of_seven_that_close_in_one_minute_five_are_deleted_in_the_first(
    town_with: TownMaker,
) -> None:
    names = [f"e-{number}" for number in range(7)]
    town = town_with(file_of(*names))
    for name in names:
        create_endpoint(name)
    town.until("Mon 19:40")
    deleted = [at for at, _, status in town.cloud.statuses if status == "Deleting"]
    minutes = Counter(at.replace(second=0) for at in deleted)
    assert sorted(minutes.values()) == [2, 5]
    assert max(minutes) - min(minutes) == timedelta(minutes=1)
    refused = [entry["outcome"] for entry in town.history() if entry["step"] == "Refuse"]
    assert refused == ["too-many-deletions"] * 2
    assert counted("Refusals", service="reconciler", reason="too-many-deletions") == 2


def test_one_that_keeps_changing_takes_no_place_from_another(town_with: TownMaker) -> None:
    town = town_with(file_of("changing", "other"), DeletionsPerMinute="1")
    create_endpoint("changing")
    create_endpoint("other")
    arn = endpoint_arn("changing")

    def relabel(now: datetime) -> None:
        sagemaker().add_tags(ResourceArn=arn, Tags=[{"Key": "seen", "Value": f"{now:%H:%M}"}])

    town.cloud.every(timedelta(minutes=1), relabel)
    town.until("Mon 19:40")
    assert (town.cloud.status("changing"), town.cloud.status("other")) == ("InService", "Absent")


def test_those_that_aws_refuses_to_delete_do_not_keep_the_others_awake(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are more of them than places in a minute, and they come first."""
    refused, last = ("e-0", "e-1"), "e-2"
    town = town_with(file_of(*refused, last), DeletionsPerMinute="1")
    for name in (*refused, last):
        create_endpoint(name)
    real = EndpointsApi.delete_endpoint

    def denied(self: EndpointsApi, request: dict[str, Any]) -> Any:
        if request["EndpointName"] in refused:
            raise Refusal("AccessDeniedException", "a policy of the organization says no")
        return real(self, request)

    monkeypatch.setattr(EndpointsApi, "delete_endpoint", denied)
    town.until("Mon 19:45")
    assert town.cloud.status(last) == "Absent"
    assert raised() == ["AttentionAlarm"]
    for name in refused:
        assert town.cloud.status(name) == "InService"
        steps = Counter(entry["step"] for entry in town.history(name))
        assert steps["Delete"] == 1
        assert steps["Refuse"] <= 2
    monkeypatch.setattr(EndpointsApi, "delete_endpoint", real)
    town.pass_until(lambda: {town.cloud.status(name) for name in refused} == {"Absent"})

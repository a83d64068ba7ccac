"""The resource policy dies with its endpoint, and comes back (facts 5)."""

import json
from typing import Any

import pytest

from lowtide_workbench.aws.lambda_service import sandbox
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.fixtures import newer_botocore
from tests.integration.functions.conftest import Town, TownMaker

POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "sagemaker:InvokeEndpoint",
                "Resource": f"arn:aws:sagemaker:us-east-1:123456789012:endpoint/{ENDPOINT}",
            }
        ],
    }
)
OTHER = POLICY.replace("111122223333", "444455556666")


@pytest.fixture
def town(town_with: TownMaker, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(sandbox, "_service_models", newer_botocore.loader())
    town = town_with()
    sagemaker().put_endpoint_policy(EndpointName=ENDPOINT, ResourcePolicy=POLICY)
    return town


def sagemaker() -> Any:
    return newer_botocore.session().client("sagemaker")


def live() -> str:
    return str(sagemaker().get_endpoint_policy(EndpointName=ENDPOINT)["ResourcePolicy"])


def test_it_is_saved_put_back_and_verified(town: Town) -> None:
    town.until("Mon 20:10")
    assert town.status == "Absent"
    assert town.entries()[0][1].endswith("1 resource policy")
    town.until("Mon 22:00")
    assert live() == POLICY
    restored = [outcome for step, outcome in town.entries() if step == "Restore"]
    assert restored[0].startswith("back and equal field by field")
    assert town.stack.failures == []


def test_a_restore_without_it_is_not_complete(town: Town) -> None:
    town.until("Mon 20:10")
    no = Fault(Failed("ValidationException", "no"), "sagemaker", "PutEndpointPolicy", times=None)
    town.cloud.faults.add(no)
    town.until("Mon 22:00")
    (failed,) = [outcome for step, outcome in town.entries() if step == "Restore"]
    assert "the resource policy: PutEndpointPolicy: ValidationException: no" in failed
    town.cloud.faults.clear()
    town.until("Mon 22:05")
    assert live() == POLICY


def test_one_that_a_person_put_meanwhile_stays(town: Town) -> None:
    town.until("Mon 20:10")
    town.until("Mon 21:31")
    while town.status != "Creating":
        town.pass_minutes(1)
    sagemaker().put_endpoint_policy(EndpointName=ENDPOINT, ResourcePolicy=OTHER)
    town.until("Mon 22:00")
    assert live() == OTHER
    assert "resource_policy.Statement[0].Principal.AWS" in town.entries()[-1][1]


def test_without_the_right_to_read_it_the_endpoint_sleeps_all_the_same(town: Town) -> None:
    no = Failed("AccessDeniedException", "no")
    town.cloud.faults.add(Fault(no, "sagemaker", "GetEndpointPolicy", "reconciler", times=None))
    town.until("Mon 20:10")
    assert town.status == "Absent"
    town.until("Mon 22:00")
    assert town.ledger()[-1] == "Restore"

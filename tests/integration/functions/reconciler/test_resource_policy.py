"""The resource policy dies with its endpoint, and comes back (facts 5)."""

import json
from typing import Any

import pytest

from lowtide_workbench.aws.protocol import botocore_speed
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
    monkeypatch.setattr(botocore_speed, "_service_models", newer_botocore.loader())
    town = town_with()
    put(POLICY)
    return town


def sagemaker() -> Any:
    return newer_botocore.session().client("sagemaker")


def put(policy: str) -> None:
    sagemaker().put_endpoint_policy(EndpointName=ENDPOINT, ResourcePolicy=policy)


def live() -> str:
    return str(sagemaker().get_endpoint_policy(EndpointName=ENDPOINT)["ResourcePolicy"])


def test_it_is_saved_put_back_and_verified_unless_a_person_put_another(town: Town) -> None:
    town.sleep()
    assert town.outcomes("TakeSnapshot")[0].endswith("1 resource policy")
    town.refuse("PutEndpointPolicy", "sagemaker")
    town.ask("wake", 60)
    town.pass_until(lambda: town.steps()[-1] == "Restore")
    failed = town.outcomes("Restore")[-1]
    assert "the resource policy: PutEndpointPolicy: ValidationException: no" in failed
    town.cloud.faults.clear()
    town.pass_minutes(3)
    assert live() == POLICY
    assert town.outcomes("Restore")[-1].startswith("back and equal field by field")
    town.sleep()
    town.ask("wake", 60)
    town.pass_until(lambda: town.status == "Creating")
    put(OTHER)
    town.pass_minutes(5)
    assert live() == OTHER
    assert "resource_policy.Statement[0].Principal.AWS" in town.outcomes("Restore")[-1]


def test_without_the_right_to_read_it_the_endpoint_sleeps_all_the_same(town: Town) -> None:
    no = Failed("AccessDeniedException", "no")
    town.cloud.faults.add(Fault(no, "sagemaker", "GetEndpointPolicy", "reconciler", times=None))
    town.sleep()
    town.wake()
    assert town.steps()[-1] == "Restore"

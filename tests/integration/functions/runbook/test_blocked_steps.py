"""The other parts of docs/operate/runbook.md: what blocks a step, and items that are damaged."""

from typing import Any

from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from tests.integration.functions.aws_calls import (
    ONE_TYPE,
    STACK_TAG,
    create_config,
    create_endpoint,
    endpoint_arn,
    raised,
    sagemaker,
)
from tests.integration.functions.conftest import Town, TownMaker
from tests.integration.functions.runbook.conftest import Drills

ASLEEP = '{windows: [{start: "0 22 * * *", stop: "33 19 * * *"}]}'
ASYNCHRONOUS = f"  - {{name: asynchronous, schedule: {ASLEEP}}}\n"
FILE = f"""
timezone: America/New_York
endpoints:
  - {{name: not-tagged, schedule: {ASLEEP}}}
  - {{name: missing, schedule: {ASLEEP}}}
  - {{name: shadow-variants, schedule: {ASLEEP}}}
  - {{name: nothing-to-create, schedule: always}}
  - {{name: out-of-service, schedule: always, config: {CONFIG}}}
{ASYNCHRONOUS}"""
MODEL: dict[str, Any] = {
    "ModelName": "own-model",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/sagemaker-execution",
    "PrimaryContainer": {"ModelPackageName": "speech"},
}
SLEEPERS = ("not-tagged", "missing", "shadow-variants")


def set_up_blocked(town: Town) -> None:
    """Endpoints that are called as what blocks them; one of them does not exist."""
    sagemaker().create_model(**MODEL)
    shadow = {**ONE_TYPE, "VariantName": "Shadow"}
    results = {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}
    create_config("own", ONE_TYPE | {"ModelName": "own-model"})
    create_config("shadow", ONE_TYPE, ShadowProductionVariants=[shadow])
    create_config("async", ONE_TYPE, AsyncInferenceConfig=results)
    sagemaker().create_endpoint(EndpointName="not-tagged", EndpointConfigName=CONFIG)
    create_endpoint("missing", "own")
    create_endpoint("shadow-variants", "shadow")
    create_endpoint("asynchronous", "async")
    create_endpoint("out-of-service")
    town.pass_minutes(3)
    sagemaker().delete_model(ModelName="own-model")
    town.cloud.impose("out-of-service", "OutOfService")


def statuses(town: Town, *names: str) -> set[str]:
    return {town.cloud.status(name) for name in names}


def test_what_blocks_a_step_is_named_and_gone_once_the_page_is_followed(
    town_with: TownMaker,
) -> None:
    town = town_with(FILE)
    set_up_blocked(town)
    town.until("Mon 19:38")
    assert raised() == ["AttentionAlarm"]
    shown = town.control(action="status")["endpoints"]
    blocked = {each["endpoint"] for each in shown if each["blocked"]}
    assert blocked == {*SLEEPERS, "nothing-to-create", "out-of-service", "asynchronous"}
    assert {name: town.history(name)[-1]["outcome"] for name in blocked} == {
        name: name for name in blocked
    }

    sagemaker().add_tags(ResourceArn=endpoint_arn("not-tagged"), Tags=STACK_TAG)
    sagemaker().create_model(**MODEL)
    sagemaker().update_endpoint(EndpointName="shadow-variants", EndpointConfigName=CONFIG)
    create_endpoint("nothing-to-create")
    sagemaker().delete_endpoint(EndpointName="out-of-service")
    town.deploy(FILE.replace(ASYNCHRONOUS, ""))
    town.pass_until(lambda: statuses(town, *SLEEPERS) == {"Absent"})
    awake = ("nothing-to-create", "out-of-service", "asynchronous")
    town.pass_until(lambda: statuses(town, *awake) == {"InService"})
    town.pass_until(lambda: raised() == [])
    assert not any(each["blocked"] for each in town.control(action="status")["endpoints"])


def test_while_iam_does_not_answer_nothing_is_deleted(town: Town) -> None:
    drills = Drills(town)
    drills.begin("deny", service="iam", operation="SimulatePrincipalPolicy")
    town.ask("sleep", 60)
    town.pass_minutes(5)
    assert town.status == "InService"
    assert town.outcomes("Refuse") == ["rights-unknown"]
    assert "iam:SimulatePrincipalPolicy" in town.show()["blocked"]
    drills.stop()
    town.pass_until(lambda: town.status == "Absent")


def test_a_damaged_snapshot_is_replaced_by_the_newest_of_the_older_ones(town: Town) -> None:
    before = town.endpoint_state()
    town.sleep()
    town.table.update_item(
        Key={"endpoint": ENDPOINT, "item": "now#snapshot"},
        UpdateExpression="SET sha256 = :wrong",
        ExpressionAttributeValues={":wrong": "0"},
    )
    error = town.control(action="status")["endpoints"][0]["error"]
    assert "now#snapshot" in error
    items = town.table.scan()["Items"]
    newest = max((i for i in items if i["item"].startswith("snapshot#")), key=lambda i: i["item"])
    town.table.put_item(Item=newest | {"item": "now#snapshot"})
    town.table.delete_item(Key={"endpoint": ENDPOINT, "item": "now#record"})
    town.wake()
    town.pass_minutes(3)
    assert town.differences(before) == ()

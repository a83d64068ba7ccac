"""The other parts of docs/operate/runbook.md, and the restore by hand of uninstall.md."""

import json
from datetime import timedelta
from typing import Any

from lowtide_workbench.aws.protocol.faults import Fault
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from tests.integration.functions.aws_calls import (
    ONE_TYPE,
    STACK_TAG,
    autoscaling,
    cloudwatch,
    create_config,
    create_endpoint,
    endpoint_arn,
    raised,
    sagemaker,
)
from tests.integration.functions.conftest import Town, TownMaker
from tests.integration.functions.runbook.conftest import Answered, Drills

ASLEEP = '{windows: [{start: "0 22 * * *", stop: "33 19 * * *"}]}'
CLOUDFORMATION = f"  - {{name: cloudformation, schedule: {ASLEEP}}}\n"
ALLOWED = CLOUDFORMATION.replace("}}\n", "}, delete_cloudformation_owned: true}\n")
NEVER_ASLEEP = ("asynchronous", "serverless", "inference-components")
REMOVED = "".join(f"  - {{name: {name}, schedule: {ASLEEP}}}\n" for name in NEVER_ASLEEP)
FILE = f"""
timezone: America/New_York
endpoints:
  - {{name: not-tagged, schedule: {ASLEEP}}}
  - {{name: missing, schedule: {ASLEEP}}}
  - {{name: shadow-variants, schedule: {ASLEEP}}}
  - {{name: nothing-to-create, schedule: always}}
  - {{name: out-of-service, schedule: always, config: {CONFIG}}}
  - {{name: unknown-status, schedule: {ASLEEP}}}
{CLOUDFORMATION}{REMOVED}"""
MODEL: dict[str, Any] = {
    "ModelName": "own-model",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/sagemaker-execution",
    "PrimaryContainer": {"ModelPackageName": "speech"},
}
SLEEPERS = ("not-tagged", "missing", "shadow-variants", "cloudformation", "unknown-status")
NEW_STATUS: Any = "Stopping"


def of_another_kind(request: dict[str, Any], config: dict[str, Any]) -> None:
    """Serverless variants and inference components, which the embedded AWS does not have."""
    (variant,) = config["ProductionVariants"]
    if request["EndpointConfigName"] == "serverless":
        variant["ServerlessConfig"] = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    if request["EndpointConfigName"] == "inference-components":
        del variant["ModelName"]


def owned(request: dict[str, Any], answer: dict[str, Any]) -> None:
    """The tag that AWS lets CloudFormation alone give."""
    if request["ResourceArn"].endswith("/cloudformation"):
        answer["Tags"].append({"Key": "aws:cloudformation:stack-name", "Value": "voice"})


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
    for name in ("serverless", "inference-components"):
        create_config(name)
        create_endpoint(name, name)
    create_endpoint("cloudformation")
    create_endpoint("unknown-status")
    create_endpoint("out-of-service")
    town.pass_minutes(3)
    sagemaker().delete_model(ModelName="own-model")
    town.cloud.impose("out-of-service", "OutOfService")
    town.cloud.impose("unknown-status", NEW_STATUS, timedelta(minutes=10))
    for operation, change in (("DescribeEndpointConfig", of_another_kind), ("ListTags", owned)):
        fault = Fault(Answered(change), "sagemaker", operation, times=None)
        town.cloud.faults.add(fault)


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
    assert blocked == {*SLEEPERS, *NEVER_ASLEEP, "nothing-to-create", "out-of-service"}
    assert {name: town.history(name)[-1]["outcome"] for name in blocked} == {
        name: name for name in blocked
    }

    sagemaker().add_tags(ResourceArn=endpoint_arn("not-tagged"), Tags=STACK_TAG)
    sagemaker().create_model(**MODEL)
    sagemaker().update_endpoint(EndpointName="shadow-variants", EndpointConfigName=CONFIG)
    create_endpoint("nothing-to-create")
    sagemaker().delete_endpoint(EndpointName="out-of-service")
    town.deploy(FILE.replace(REMOVED, "").replace(CLOUDFORMATION, ALLOWED))
    town.pass_until(lambda: statuses(town, *SLEEPERS) == {"Absent"})
    awake = (*NEVER_ASLEEP, "nothing-to-create", "out-of-service")
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


def test_a_damaged_record_is_deleted_and_a_snapshot_replaced_by_the_newest_version(
    town: Town,
) -> None:
    before = town.endpoint_state()
    town.pass_minutes(2)
    record = {"endpoint": ENDPOINT, "item": "now#record"}
    town.table.put_item(Item=record | {"restore_pending": "false"})
    town.ask("resume")  # then the scheduler sees at once what was changed by hand
    town.pass_until(lambda: raised() == ["AttentionAlarm"])
    assert "now#record" in town.control(action="status")["endpoints"][0]["error"]
    town.table.delete_item(Key=record)
    town.pass_until(lambda: raised() == [])

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
    town.wake()
    town.pass_minutes(3)
    assert town.differences(before) == ()


def test_without_the_stack_an_endpoint_is_restored_from_the_table_by_hand(town: Town) -> None:
    """As docs/operate/uninstall.md says. A pause stands for a stack that is gone."""
    before = town.endpoint_state()
    town.sleep()
    town.ask("pause")
    town.pass_minutes(2)
    item = town.table.get_item(Key={"endpoint": ENDPOINT, "item": "now#snapshot"})["Item"]
    saved = json.loads(item["text"])
    tags = [{"Key": key, "Value": value} for key, value in saved["tags"].items()]
    sagemaker().create_endpoint(
        EndpointName=ENDPOINT, EndpointConfigName=saved["config_name"], Tags=tags
    )
    town.pass_until(lambda: town.status == "InService")
    scaling = saved["scaling"]
    for target in scaling["targets"]:
        autoscaling().register_scalable_target(**target)
    arns = {}
    for policy in scaling["policies"]:
        put = autoscaling().put_scaling_policy(**policy)
        arns[f"lowtide:policy:{policy['ResourceId']}:{policy['PolicyName']}"] = put["PolicyARN"]
    for action in scaling["scheduled_actions"]:
        autoscaling().put_scheduled_action(**action)
    for alarm in scaling["alarms"]:
        actions = [arns.get(action, action) for action in alarm["AlarmActions"]]
        cloudwatch().put_metric_alarm(**alarm | {"AlarmActions": actions})
    assert town.differences(before) == ()
    assert town.steps()[-1] == "Delete", "Lowtide did nothing of it"

"""Secrets of a model's container are in no log, answer or item."""

import json
from typing import Any

import boto3

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.conftest import Town

SECRET = "dg-4f1d0c2b9a"  # noqa: S105 - made up


def give_the_model_a_secret() -> None:
    sagemaker: Any = boto3.client("sagemaker")
    model = sagemaker.describe_model(ModelName="my-model")
    sagemaker.delete_model(ModelName="my-model")
    sagemaker.create_model(
        ModelName="my-model",
        ExecutionRoleArn=model["ExecutionRoleArn"],
        PrimaryContainer=model["PrimaryContainer"] | {"Environment": {"API_KEY": SECRET}},
    )
    assert SECRET in str(sagemaker.describe_model(ModelName="my-model"))


def test_no_log_table_or_answer_holds_a_secret_of_the_model(town: Town) -> None:
    give_the_model_a_secret()
    failing = Failed("InternalFailure", "down", 500)
    for operation in ("DescribeModel", "DeleteEndpoint", "CreateEndpoint"):
        town.cloud.faults.add(Fault(failing, "sagemaker", operation, times=12))
    town.until("Mon 20:40")
    assert town.status == "Absent"
    asleep = town.control(action="status", endpoint=ENDPOINT)
    town.until("Mon 22:00")
    assert "InService" in town.statuses()[-3:]
    assert any(outcome.startswith("failed: ") for _, outcome in town.entries())
    scheduler = next(s for s in town.stack.template.functions() if s.name == "scheduler")
    table = boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"])
    outputs = {
        "logs": [line for function in town.stack.functions.values() for line in function.log],
        "table": table.scan()["Items"],
        "answers": [asleep, town.control(action="status", endpoint=ENDPOINT)],
    }
    assert [
        where for where, text in outputs.items() if SECRET in json.dumps(text, default=str)
    ] == []
    assert all(outputs.values())

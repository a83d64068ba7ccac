"""Secrets of a model's container are in no log, answer or item."""

import json
from typing import Any

import boto3

from lowtide_workbench.aws.protocol.faults import Failed, Fault
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
        town.cloud.faults.add(Fault(failing, "sagemaker", operation, "reconciler", times=12))
    town.sleep()
    asleep = town.show()
    town.wake()
    assert any(entry["outcome"].startswith("failed: ") for entry in town.history())
    outputs = {
        "logs": [line for function in town.stack.functions.values() for line in function.log],
        "table": town.table.scan()["Items"],
        "answers": [asleep, town.show()],
    }
    assert all(outputs.values())
    texts = {where: json.dumps(found, default=str) for where, found in outputs.items()}
    assert [where for where, text in texts.items() if SECRET in text] == []

"""Creates the tables, queues, roles and alarms of the template through boto3."""

import json
from collections.abc import Mapping
from typing import Any

import boto3

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.deployment.template import Template
from lowtide_workbench.aws.template_specs import Properties


def deploy_resources(template: Template, stack: str) -> Template:
    """The template with the names and ARNs of its tables, queues and roles."""
    for logical_id, table in template.tables().items():
        template = template.knowing(_create_table(f"{stack}-{logical_id}", logical_id, table))
    sqs: Any = boto3.client("sqs", region_name=REGION)
    for logical_id, queue in template.queues():
        template = template.knowing(_create_queue(sqs, logical_id, template.resolve(queue)))
    iam: Any = boto3.client("iam", region_name=REGION)
    for role_id, role in template.resources("AWS::IAM::Role").items():
        trust = template.resolve(role["AssumeRolePolicyDocument"])
        named = _create_role(iam, f"{stack}-{role_id}", role_id, trust)
        template = template.knowing(named)
    return template


def deploy_policies(template: Template) -> None:
    """Puts the policies, once all that they name is known. Log groups and functions are named, not
    created."""
    for function_id, function in template.resources("AWS::Serverless::Function").items():
        name = template.resolve(function["FunctionName"])
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        template = template.knowing({f"{function_id}.Arn": arn})
    for group_id, group in template.resources("AWS::Logs::LogGroup").items():
        name = template.resolve(group["LogGroupName"])
        arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"
        template = template.knowing({f"{group_id}.Arn": arn})
    iam: Any = boto3.client("iam", region_name=REGION)
    for role_id in template.resources("AWS::IAM::Role"):
        for policy in template.policies(role_id):
            iam.put_role_policy(
                RoleName=template.known[role_id],
                PolicyName=policy["PolicyName"],
                PolicyDocument=json.dumps(template.resolve(policy["PolicyDocument"])),
            )


def deploy_alarms(template: Template, stack: str) -> None:
    cloudwatch: Any = boto3.client("cloudwatch", region_name=REGION)
    for logical_id, alarm in template.alarms().items():
        threshold = float(alarm["Threshold"])  # a parameter's value is text
        named = {"AlarmName": f"{stack}-{logical_id}", **alarm, "Threshold": threshold}
        cloudwatch.put_metric_alarm(**named)


def _create_table(default_name: str, logical_id: str, table: Properties) -> Mapping[str, str]:
    dynamodb: Any = boto3.client("dynamodb", region_name=REGION)
    name = table.get("TableName", default_name)
    created = dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=table["AttributeDefinitions"],
        KeySchema=table["KeySchema"],
        BillingMode=table["BillingMode"],
        SSESpecification={"Enabled": table["SSESpecification"]["SSEEnabled"]},
        DeletionProtectionEnabled=table["DeletionProtectionEnabled"],
    )
    dynamodb.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification=table["PointInTimeRecoverySpecification"],
    )
    dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification=table["TimeToLiveSpecification"]
    )
    return {logical_id: name, f"{logical_id}.Arn": created["TableDescription"]["TableArn"]}


def _create_role(iam: Any, name: str, logical_id: str, trust: Properties) -> Mapping[str, str]:
    created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    return {logical_id: name, f"{logical_id}.Arn": created["Arn"]}


def _create_queue(sqs: Any, logical_id: str, queue: Properties) -> Mapping[str, str]:
    attributes = {
        name: value if isinstance(value, str) else json.dumps(value)  # SQS takes text only
        for name, value in queue.items()
        if name != "QueueName"
    }
    url = sqs.create_queue(QueueName=queue["QueueName"], Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return {
        logical_id: url,
        f"{logical_id}.Arn": arn["Attributes"]["QueueArn"],
        f"{logical_id}.QueueName": queue["QueueName"],
    }

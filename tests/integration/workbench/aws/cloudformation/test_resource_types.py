"""Each resource type: what the services know of it after its creation, update and deletion."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws.cloudformation.resource_types import TYPES
from lowtide_workbench.aws.cloudformation.resource_types.base import client
from tests.integration.workbench.aws.cloudformation.conftest import Stacks, group
from tests.integration.workbench.aws.conftest import refusal

type Document = dict[str, Any]
type Read = Callable[[str], Any]  # what the service says of the resource with this physical id

TRUST = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
ROLE_ARN = "arn:aws:iam::123456789012:role/role"
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"RoleName": "role", "AssumeRolePolicyDocument": TRUST},
}
CODE = {"ZipFile": "def handler(event, context): pass"}
FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "DependsOn": "Role",
    "Properties": {
        "FunctionName": "f",
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": ROLE_ARN,
        "Code": CODE,
    },
}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "queue"}}
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:queue"
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "topic"}}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "bucket"}}


def _statement(action: str) -> Document:
    """A policy without Version, as SAM generates them; IAM takes it."""
    return {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def _actions(document: Document | str) -> Any:
    read = json.loads(document) if isinstance(document, str) else document
    return [each["Action"] for each in read["Statement"]]


def _role(name: str) -> Any:
    iam = client("iam")
    role = iam.get_role(RoleName=name)["Role"]
    inline = {
        policy: _actions(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }
    return role.get("Description"), inline, {t["Key"]: t["Value"] for t in role.get("Tags", ())}


def _table(name: str) -> Any:
    dynamodb = client("dynamodb")
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    table = dynamodb.describe_table(TableName=name)["Table"]
    return (
        backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        expiry.get("AttributeName"),
        table["DeletionProtectionEnabled"],
        table.get("SSEDescription", {}).get("Status"),
    )


def _table_properties(**properties: Any) -> Document:
    return {
        "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        **properties,
    }


def _queue(url: str) -> Any:
    found = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return found["VisibilityTimeout"], json.loads(found.get("RedrivePolicy") or "{}")


def _function(name: str) -> Any:
    found = client("lambda").get_function(FunctionName=name)
    configuration = found["Configuration"]
    concurrency = found.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    variables = configuration.get("Environment", {}).get("Variables", {})
    return configuration["Timeout"], variables, concurrency, found.get("Tags", {})


def _alarm(name: str) -> Any:
    (alarm,) = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return alarm["Threshold"], alarm["AlarmActions"]


def _alarm_properties(threshold: str, *actions: str) -> Document:
    return {
        "Namespace": "N",
        "MetricName": "M",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": "1",
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": list(actions),
    }


def _rule(name: str) -> Any:
    events = client("events")
    rule = events.describe_rule(Name=name)
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    return rule["State"], json.loads(rule["EventPattern"]), [target["Id"] for target in targets]


def _rule_properties(state: str, *targets: str) -> Document:
    return {
        "EventPattern": {"source": ["aws.sagemaker"]},
        "State": state,
        "Targets": [{"Id": target, "Arn": QUEUE_ARN} for target in targets],
    }


def _schedule(name: str) -> Any:
    found = client("scheduler").get_schedule(Name=name)
    return found["ScheduleExpression"], found["State"], found["Target"]["Arn"]


def _schedule_properties(expression: str, state: str) -> Document:
    return {
        "ScheduleExpression": expression,
        "State": state,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": QUEUE_ARN, "RoleArn": ROLE_ARN},
    }


def _bucket(name: str) -> Any:
    s3 = client("s3")
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    (rule,) = encryption["Rules"]
    algorithm = rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
    return s3.get_bucket_versioning(Bucket=name)["Status"], algorithm


def _bucket_properties(versioning: str, algorithm: str) -> Document:
    default = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    return {
        "VersioningConfiguration": {"Status": versioning},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [default]},
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": "true"},
    }


def _managed(arn: str) -> Any:
    iam = client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    roles = iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]
    return _actions(found["Document"]), [role["RoleName"] for role in roles]


def _inline(_: str) -> Any:
    return _role("role")[1]


def _queue_policy(_: str) -> Any:
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName="queue")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    return _actions(found["Attributes"]["Policy"])


def _topic_policy(_: str) -> Any:
    arn = "arn:aws:sns:us-east-1:123456789012:topic"
    return _actions(client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])


def _bucket_policy(name: str) -> Any:
    return _actions(client("s3").get_bucket_policy(Bucket=name)["Policy"])


def _mapping(uuid: str) -> Any:
    return client("lambda").get_event_source_mapping(UUID=uuid)["BatchSize"]


def _invoke_config(_: str) -> Any:
    found = client("lambda").get_function_event_invoke_config(FunctionName="f")
    return found["MaximumRetryAttempts"]


def _permission(statement: str) -> Any:
    policy = json.loads(client("lambda").get_policy(FunctionName="f")["Policy"])
    return [
        each["Principal"]["Service"] for each in policy["Statement"] if each["Sid"] == statement
    ]


def _layer(arn: str) -> Any:
    _, _, name, version = arn.rsplit(":", 3)
    found = client("lambda").get_layer_version(LayerName=name, VersionNumber=int(version))
    return found["Description"]


def _layer_properties(description: str) -> Document:
    content = {"S3Bucket": "code", "S3Key": "layer.zip"}
    return {"LayerName": "layer", "Description": description, "Content": content}


def _topic(arn: str) -> Any:
    return client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"]


def _subscription(arn: str) -> Any:
    return client("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["Endpoint"]


def _dashboard(name: str) -> Any:
    return json.loads(client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"])


def _nested(arn: str) -> Any:
    (stack,) = client("cloudformation").describe_stacks(StackName=arn)["Stacks"]
    return stack["StackStatus"], stack["Outputs"][0]["OutputValue"]


def _nested_properties(value: str) -> Document:
    url = "http://127.0.0.1:4666/code/nested.template"
    return {"TemplateURL": url, "Parameters": {"P": value}}


def _group(name: str) -> Any:
    (found,) = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return found.get("retentionInDays")


NESTED = """
Parameters: {P: {Type: String}}
Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref P}}}
Outputs: {O: {Value: !Ref P}}
"""
WITH_ROLE = {"Role": ROLE}
MAY_POLL = {"Policies": [{"PolicyName": "poll", "PolicyDocument": _statement("sqs:*")}]}
POLLER = {**ROLE, "Properties": {**ROLE["Properties"], **MAY_POLL}}  # type: ignore[dict-item]
WITH_FUNCTION = {"Role": POLLER, "F": FUNCTION, "Q": QUEUE}
DEAD: Document = {"deadLetterTargetArn": QUEUE_ARN, "maxReceiveCount": 3}
NO_TRUST: Document = {"AssumeRolePolicyDocument": TRUST}

CASES: Sequence[tuple[str, Document, Document, Any, Document, Any, Read]] = [
    ("AWS::CloudFormation::Stack", {}, _nested_properties("one"), ("CREATE_COMPLETE", "one"),
     _nested_properties("two"), ("UPDATE_COMPLETE", "two"), _nested),
    ("AWS::CloudWatch::Alarm", {}, _alarm_properties("1"), (1, []),
     _alarm_properties("2.5", "arn:aws:sns:us-east-1:123456789012:t"),
     (2.5, ["arn:aws:sns:us-east-1:123456789012:t"]), _alarm),
    ("AWS::CloudWatch::Dashboard", {}, {"DashboardBody": '{"widgets": []}'}, {"widgets": []},
     {"DashboardBody": '{"start": "-PT1H", "widgets": []}'}, {"start": "-PT1H", "widgets": []},
     _dashboard),
    ("AWS::DynamoDB::Table", {},
     _table_properties(PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": "true"},
                       SSESpecification={"SSEEnabled": True},
                       TimeToLiveSpecification={"AttributeName": "ends", "Enabled": True}),
     ("ENABLED", "ends", False, "ENABLED"),
     _table_properties(SSESpecification={"SSEEnabled": True},
                       TimeToLiveSpecification={"AttributeName": "ends", "Enabled": True}),
     ("DISABLED", "ends", False, "ENABLED"), _table),
    ("AWS::Events::Rule", {}, _rule_properties("ENABLED", "a", "b"),
     ("ENABLED", {"source": ["aws.sagemaker"]}, ["a", "b"]), _rule_properties("DISABLED", "b"),
     ("DISABLED", {"source": ["aws.sagemaker"]}, ["b"]), _rule),
    ("AWS::IAM::ManagedPolicy", WITH_ROLE,
     {"PolicyDocument": _statement("s3:*"), "Roles": ["role"]}, (["s3:*"], ["role"]),
     {"PolicyDocument": _statement("sqs:*")}, (["sqs:*"], []), _managed),
    ("AWS::IAM::Policy", WITH_ROLE,
     {"PolicyName": "p", "PolicyDocument": _statement("s3:*"), "Roles": ["role"]}, {"p": ["s3:*"]},
     {"PolicyName": "q", "PolicyDocument": _statement("sqs:*"), "Roles": ["role"]},
     {"q": ["sqs:*"]}, _inline),
    ("AWS::IAM::Role", {},
     {**NO_TRUST, "Policies": [{"PolicyName": "p", "PolicyDocument": _statement("s3:*")}],
      "Tags": [{"Key": "a", "Value": "1"}]},
     (None, {"p": ["s3:*"]}, {"a": "1"}),
     {**NO_TRUST, "Description": "d", "Tags": [{"Key": "b", "Value": "2"}]},
     ("d", {}, {"b": "2"}), _role),
    ("AWS::Lambda::EventInvokeConfig", WITH_FUNCTION,
     {"FunctionName": "f", "Qualifier": "$LATEST", "MaximumRetryAttempts": 0}, 0,
     {"FunctionName": "f", "Qualifier": "$LATEST", "MaximumRetryAttempts": 1}, 1, _invoke_config),
    ("AWS::Lambda::EventSourceMapping", WITH_FUNCTION,
     {"FunctionName": "f", "EventSourceArn": QUEUE_ARN, "BatchSize": 1}, 1,
     {"FunctionName": "f", "EventSourceArn": QUEUE_ARN, "BatchSize": 5}, 5, _mapping),
    ("AWS::Lambda::Function", WITH_ROLE,
     {**FUNCTION["Properties"], "FunctionName": "g", "Timeout": "60",  # type: ignore[dict-item]
      "Environment": {"Variables": {"A": 1}}, "Tags": [{"Key": "a", "Value": "1"}]},
     (60, {"A": "1"}, None, {"a": "1"}),
     {**FUNCTION["Properties"], "FunctionName": "g", "ReservedConcurrentExecutions": 2},  # type: ignore[dict-item]
     (3, {}, 2, {}), _function),
    ("AWS::Lambda::LayerVersion", {}, _layer_properties("one"), "one", _layer_properties("two"),
     "two", _layer),
    ("AWS::Lambda::Permission", WITH_FUNCTION,
     {"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"},
     ["events.amazonaws.com"],
     {"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"},
     ["s3.amazonaws.com"], _permission),
    ("AWS::Logs::LogGroup", {}, {"RetentionInDays": "7"}, 7, {}, None, _group),
    ("AWS::S3::Bucket", {}, _bucket_properties("Enabled", "aws:kms"), ("Enabled", "aws:kms"),
     _bucket_properties("Suspended", "AES256"), ("Suspended", "AES256"), _bucket),
    ("AWS::S3::BucketPolicy", {"B": BUCKET},
     {"Bucket": {"Ref": "B"}, "PolicyDocument": _statement("s3:GetObject")}, ["s3:GetObject"],
     {"Bucket": {"Ref": "B"}, "PolicyDocument": _statement("s3:PutObject")}, ["s3:PutObject"],
     _bucket_policy),
    ("AWS::SNS::Subscription", {"T": TOPIC, "Q": QUEUE},
     {"TopicArn": {"Ref": "T"}, "Protocol": "sqs", "Endpoint": QUEUE_ARN}, QUEUE_ARN,
     {"TopicArn": {"Ref": "T"}, "Protocol": "email", "Endpoint": "a@example.com"},
     "a@example.com", _subscription),
    ("AWS::SNS::Topic", {}, {"DisplayName": "one"}, "one", {"DisplayName": "two"}, "two", _topic),
    ("AWS::SNS::TopicPolicy", {"T": TOPIC},
     {"Topics": [{"Ref": "T"}], "PolicyDocument": _statement("sns:Publish")}, ["sns:Publish"],
     {"Topics": [{"Ref": "T"}], "PolicyDocument": _statement("sns:Subscribe")}, ["sns:Subscribe"],
     _topic_policy),
    ("AWS::SQS::Queue", {"Q": QUEUE}, {"VisibilityTimeout": "60"}, ("60", {}),
     {"RedrivePolicy": DEAD}, ("30", DEAD), _queue),
    ("AWS::SQS::QueuePolicy", {"Q": QUEUE},
     {"Queues": [{"Ref": "Q"}], "PolicyDocument": _statement("sqs:SendMessage")},
     ["sqs:SendMessage"],
     {"Queues": [{"Ref": "Q"}], "PolicyDocument": _statement("sqs:*")}, ["sqs:*"], _queue_policy),
    ("AWS::Scheduler::Schedule", WITH_ROLE, _schedule_properties("rate(1 minute)", "ENABLED"),
     ("rate(1 minute)", "ENABLED", QUEUE_ARN), _schedule_properties("rate(2 minutes)", "DISABLED"),
     ("rate(2 minutes)", "DISABLED", QUEUE_ARN), _schedule),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0].removeprefix("AWS::") for case in CASES])
def test_a_resource_is_created_updated_and_deleted(
    stacks: Stacks, case: tuple[str, Document, Document, Any, Document, Any, Read]
) -> None:
    kind, others, created, expected, changed, then, read = case
    s3 = client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="nested.template", Body=NESTED.encode())
    s3.put_object(Bucket="code", Key="layer.zip", Body=b"PK\x05\x06" + bytes(18))  # an empty zip
    request = {"Capabilities": ["CAPABILITY_NAMED_IAM"]}
    for properties, says in ((created, expected), (changed, then)):
        resource = {"Type": kind, "Properties": properties, "DependsOn": list(others)}
        stack = stacks.deploy({**others, "X": resource}, request=request)
        assert stack["StackStatus"].endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE")), (
            stacks.reasons()
        )
        assert read(stacks.physical_ids()["X"]) == says
    physical_id = stacks.physical_ids()["X"]
    stacks.deploy({**others, "G": group("/g")}, request=request)
    assert _is_gone(read, physical_id, then)


def _is_gone(read: Read, physical_id: str, value: object) -> bool:
    try:
        return bool(read(physical_id) != value)
    except (ClientError, LookupError, ValueError):
        return True


def test_an_output_of_a_nested_stack_is_its_attribute(stacks: Stacks) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="nested.template", Body=NESTED.encode())
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": _nested_properties("one")}
    output = {"Value": {"Fn::GetAtt": ["N", "Outputs.O"]}}
    stacks.deploy({"N": nested}, Outputs={"O": output})
    assert stacks.outputs() == {"O": "one"}
    body = client("cloudformation").get_template(StackName="stack")["TemplateBody"]
    url = body["Resources"]["N"]["Properties"]["TemplateURL"]
    assert url == "https://s3.us-east-1.amazonaws.com/code/nested.template", "as sam delete asks"


def test_a_nested_stack_that_fails_fails_its_parent(stacks: Stacks) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="code")
    body = "Resources: {R: {Type: AWS::IAM::Role, Properties: {}}}"
    s3.put_object(Bucket="code", Key="nested.template", Body=body.encode())
    url = "http://127.0.0.1:4666/code/nested.template"
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    assert stacks.deploy({"N": nested})["StackStatus"] == "ROLLBACK_COMPLETE"
    assert stacks.reasons()[0].endswith("was not successful: ROLLBACK_COMPLETE")
    left = stacks.client.describe_stacks()["Stacks"]
    assert [each["StackName"] for each in left] == ["stack"]


def test_every_type_has_a_case() -> None:
    assert {case[0] for case in CASES} == TYPES.keys()


NAMED: Mapping[str, tuple[Document, Callable[[], object]]] = {
    "AWS::S3::Bucket": (
        {"BucketName": "taken"}, lambda: client("s3").create_bucket(Bucket="taken")),
    "AWS::SQS::Queue": (
        {"QueueName": "taken"}, lambda: client("sqs").create_queue(QueueName="taken")),
    "AWS::SNS::Topic": ({"TopicName": "taken"}, lambda: client("sns").create_topic(Name="taken")),
    "AWS::CloudWatch::Alarm": (
        {"AlarmName": "taken", **_alarm_properties("1")},
        lambda: client("cloudwatch").put_metric_alarm(
            AlarmName="taken", EvaluationPeriods=1, Threshold=1, Namespace="N", MetricName="M",
            Period=60, Statistic="Sum", ComparisonOperator="GreaterThanThreshold")),
    "AWS::CloudWatch::Dashboard": (
        {"DashboardName": "taken", "DashboardBody": "{}"},
        lambda: client("cloudwatch").put_dashboard(
            DashboardName="taken", DashboardBody='{"widgets": []}')),
    "AWS::Events::Rule": (
        {"Name": "taken", "ScheduleExpression": "rate(1 minute)"},
        lambda: client("events").put_rule(Name="taken", ScheduleExpression="rate(1 day)")),
}  # fmt: skip


@pytest.mark.parametrize("kind", NAMED)
def test_what_exists_is_not_taken_over(stacks: Stacks, kind: str) -> None:
    """The services' own calls would change it, or say that all is well."""
    properties, make = NAMED[kind]
    make()
    stack = stacks.deploy({"X": {"Type": kind, "Properties": properties}})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    (reason,) = stacks.reasons()
    assert reason.startswith(f"Resource of type '{kind}' with identifier 'taken' already exists.")


@pytest.mark.parametrize(
    ("properties", "problem"),
    [
        pytest.param({}, "#: required key [AssumeRolePolicyDocument] not found", id="missing"),
        pytest.param({**NO_TRUST, "Nobody": 1}, "#: extraneous key [Nobody] is not permitted",
                     id="unknown"),
        pytest.param({**NO_TRUST, "Policies": [{"PolicyDocument": {}}]},
                     "#/Policies/0: required key [PolicyName] not found", id="missing inside"),
    ],
)  # fmt: skip
def test_properties_are_held_against_the_schema(
    stacks: Stacks, properties: Document, problem: str
) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": properties}
    stacks.deploy({"R": role}, request={"Capabilities": ["CAPABILITY_IAM"]})
    assert stacks.reasons() == [
        f"Properties validation failed for resource R with message: [{problem}]"
    ]


def test_an_unknown_attribute_fails_its_resource(stacks: Stacks) -> None:
    name = {"Fn::GetAtt": ["G", "Nobody"]}
    stacks.deploy({"G": group("/g"), "H": group(name)})  # type: ignore[arg-type]
    assert stacks.reasons() == [
        "Template error: resource G does not support attribute type Nobody in Fn::GetAtt"
    ]


def test_the_bucket_of_sam_takes_requests_without_tls(stacks: Stacks) -> None:
    """Its policy denies them; what comes over loopback counts as if it had come by TLS."""
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    policy = {
        "Bucket": {"Ref": "B"},
        "PolicyDocument": {
            "Statement": [{**denied, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]
        },
    }
    s3 = client("s3")
    stacks.deploy({"B": BUCKET, "P": {"Type": "AWS::S3::BucketPolicy", "Properties": policy}})
    s3.put_object(Bucket="bucket", Key="k", Body=b"body")
    s3.put_bucket_policy(Bucket="bucket", Policy=json.dumps({"Version": "2012-10-17",
                                                             "Statement": [denied]}))  # fmt: skip
    assert refusal(lambda: s3.put_object(Bucket="bucket", Key="k", Body=b""))[0] == "403"

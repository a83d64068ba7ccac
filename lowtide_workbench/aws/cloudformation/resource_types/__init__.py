"""The resource types that are played, each through plain calls of boto3.

May import lowtide_workbench.aws.account.
"""

from collections.abc import Mapping

from lowtide_workbench.aws.cloudformation.resource_types.base import ResourceType
from lowtide_workbench.aws.cloudformation.resource_types.cloudwatch import Alarm, Dashboard
from lowtide_workbench.aws.cloudformation.resource_types.dynamodb import Table
from lowtide_workbench.aws.cloudformation.resource_types.events import Rule
from lowtide_workbench.aws.cloudformation.resource_types.iam import ManagedPolicy, Policy, Role
from lowtide_workbench.aws.cloudformation.resource_types.lambda_functions import (
    Function,
    LayerVersion,
)
from lowtide_workbench.aws.cloudformation.resource_types.lambda_triggers import (
    EventInvokeConfig,
    EventSourceMapping,
    Permission,
)
from lowtide_workbench.aws.cloudformation.resource_types.logs import LogGroup
from lowtide_workbench.aws.cloudformation.resource_types.nested_stack import NestedStack
from lowtide_workbench.aws.cloudformation.resource_types.s3 import Bucket, BucketPolicy
from lowtide_workbench.aws.cloudformation.resource_types.scheduler import Schedule
from lowtide_workbench.aws.cloudformation.resource_types.sns import (
    Subscription,
    Topic,
    TopicPolicy,
)
from lowtide_workbench.aws.cloudformation.resource_types.sqs import Queue, QueuePolicy

TYPES: Mapping[str, ResourceType] = {
    "AWS::CloudFormation::Stack": NestedStack(),
    "AWS::CloudWatch::Alarm": Alarm(),
    "AWS::CloudWatch::Dashboard": Dashboard(),
    "AWS::DynamoDB::Table": Table(),
    "AWS::Events::Rule": Rule(),
    "AWS::IAM::ManagedPolicy": ManagedPolicy(),
    "AWS::IAM::Policy": Policy(),
    "AWS::IAM::Role": Role(),
    "AWS::Lambda::EventInvokeConfig": EventInvokeConfig(),
    "AWS::Lambda::EventSourceMapping": EventSourceMapping(),
    "AWS::Lambda::Function": Function(),
    "AWS::Lambda::LayerVersion": LayerVersion(),
    "AWS::Lambda::Permission": Permission(),
    "AWS::Logs::LogGroup": LogGroup(),
    "AWS::S3::Bucket": Bucket(),
    "AWS::S3::BucketPolicy": BucketPolicy(),
    "AWS::SNS::Subscription": Subscription(),
    "AWS::SNS::Topic": Topic(),
    "AWS::SNS::TopicPolicy": TopicPolicy(),
    "AWS::SQS::Queue": Queue(),
    "AWS::SQS::QueuePolicy": QueuePolicy(),
    "AWS::Scheduler::Schedule": Schedule(),
}

"""Functions made through Lambda's API, from zips of a few lines."""

import io
import json
import textwrap
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws import Cloud
from tests.integration.workbench.aws.conftest import Account

ARN = "arn:aws:lambda:us-east-1:123456789012:function:greet"
GREETS = """
    def lambda_handler(event, context):
        print("greeting")
        return f"hello {event['name']}"
"""
PRINTS = """
    import json

    def lambda_handler(event, context):
        print(json.dumps(event))
"""
LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
SQS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def zipped(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, textwrap.dedent(text))
    return content.getvalue()


class Lambda:
    """Lambda's client, and roles for what is made with it."""

    def __init__(self, account: Account, session: boto3.Session) -> None:
        self.cloud: Cloud = account.cloud
        url = account.sagemaker.meta.endpoint_url
        self._url = url if "127.0.0.1" in url else None
        make: Any = session.client  # holds each answer against botocore's model
        self.api: Any = make("lambda", endpoint_url=self._url)
        self.role = self.make_role("function", "lambda.amazonaws.com", LOGS + SQS)

    def client(self, service: str) -> Any:
        return _client(service, self._url)

    def make_role(self, name: str, service: str, actions: list[str], **trust: Any) -> str:
        iam = self.client("iam")
        allowed = {"Effect": "Allow", "Principal": {"Service": service}, **trust}
        role = iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=_policy(allowed, ["sts:AssumeRole"])
        )
        self.allow(name, actions)
        return str(role["Role"]["Arn"])

    def allow(self, role: str, actions: list[str]) -> None:
        """Exactly these actions."""
        document = _policy({"Effect": "Allow", "Resource": "*"}, actions or ["none:None"])
        self.client("iam").put_role_policy(
            RoleName=role, PolicyName="allow", PolicyDocument=document
        )

    def create(self, code: str = GREETS, **fields: Any) -> dict[str, Any]:
        given = {
            "FunctionName": "greet",
            "Runtime": "python3.13",
            "Handler": "app.lambda_handler",
            "Role": self.role,
            "Code": {"ZipFile": zipped({"app.py": code})},
            "Timeout": 10,
        }
        return dict(self.api.create_function(**given | fields))

    def invoke(self, event: Any = None, **fields: Any) -> Any:
        """What the function returns, or the error that it reports."""
        payload = json.dumps(event or {"name": "Ann"})
        answer = self.api.invoke(**{"FunctionName": "greet", "Payload": payload, **fields})
        return json.loads(answer["Payload"].read())

    def logged(self, group: str = "/aws/lambda/greet") -> list[str]:
        """The messages in the log group, without the lines that Lambda itself writes."""
        events = self.client("logs").filter_log_events(logGroupName=group)["events"]
        own = ("START ", "END ", "REPORT ")
        return [each["message"] for each in events if not each["message"].startswith(own)]

    def wait(self, **span: float) -> None:
        self.cloud.advance(self.cloud.clock.now() + timedelta(**span))


@cache
def _client(service: str, url: str | None) -> Any:
    """One for all tests: to read botocore's models is what takes time."""
    make: Any = _session().client
    return make(service, endpoint_url=url)


@cache
def _session() -> boto3.Session:
    return boto3.Session()


def _policy(statement: Mapping[str, Any], actions: list[str]) -> str:
    document = {"Version": "2012-10-17", "Statement": [{**statement, "Action": actions}]}
    return json.dumps(document)


@pytest.fixture
def aws(account: Account, session: boto3.Session) -> Lambda:
    return Lambda(account, session)

"""Drills meet requests over HTTP, too: those of people, of the AWS CLI and of other programs."""

from functools import cache

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import BotoCoreError

from lowtide_workbench.aws.protocol.dispatcher import Reply
from lowtide_workbench.aws.protocol.faults import Attempt, Call, Faults
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.protocol.rest_json import RestJson
from lowtide_workbench.server.error_replies import operation, service

# Where the service that a request is signed for is not called as boto3.client() calls it.
_CLIENT_NAMES = {"monitoring": "cloudwatch"}
_HOSTED = "/endpoints/"  # SageMaker Runtime is signed as SageMaker


class DrilledCalls:
    """Answers the requests that a drill refuses."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        call = _call(request) if self._faults.armed else None
        if call is None:
            return None
        response = self._faults.around(Attempt(call, None, request), lambda: None)
        if response is None:
            return None
        return response.status_code, dict(response.headers), response.content


def _call(request: AWSPreparedRequest) -> Call | None:
    """None where it cannot be told, such as for requests that are not signed."""
    signed = service(request)
    name = _CLIENT_NAMES.get(signed, signed)
    if name == "sagemaker" and _HOSTED in request.url:
        name = "sagemaker-runtime"
    called = operation(request)
    if " " in called:  # a method and a path: botocore's model knows which operation that is
        called = _by_path(name, request) or called
    return Call(name, called) if name else None


def _by_path(name: str, request: AWSPreparedRequest) -> str | None:
    try:
        found = _routes(name).find(request)
    except (Refusal, BotoCoreError):  # what the model does not allow is refused by the service
        return None
    return found[0].name if found else None


@cache
def _routes(name: str) -> RestJson:
    return RestJson(name)

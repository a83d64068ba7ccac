"""SageMaker's runtime: InvokeEndpoint is refused where there is no such endpoint."""

import json
import re
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest

from lowtide_workbench.aws.account import ACCOUNT
from lowtide_workbench.aws.protocol.dispatcher import Reply
from lowtide_workbench.aws.sagemaker.hosting import Hosting

_INVOKE = re.compile(
    r"/endpoints/([^/]+)/(?:invocations|async-invocations|invocations-response-stream)"
)


class Runtime:
    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None where the endpoint exists: moto has prepared answers."""
        match = _INVOKE.fullmatch(urlsplit(request.url).path)
        if match is None:
            return None
        name = unquote(match[1])
        if any(name.lower() == known.lower() for known in self._hosting.endpoints):
            return None
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": "ValidationError"}
        message = f"Endpoint {name} of account {ACCOUNT} not found."
        return 400, headers, json.dumps({"Message": message}).encode()

"""SageMaker's API of endpoints' resource policies (facts 5); the wording of rejections is ours."""

import json
from typing import Any

from lowtide_workbench.aws.protocol.refusal import Refusal, invalid
from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.sagemaker.hosting import Hosting

type Document = dict[str, Any]

_LONGEST = 20_480
_UNATTACHABLE = ("Deleting", "Failed")


class EndpointPoliciesApi:
    operations = frozenset({"DeleteEndpointPolicy", "GetEndpointPolicy", "PutEndpointPolicy"})

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting

    def put_endpoint_policy(self, request: Document) -> Document:
        endpoint, policy = self._find(request), request["ResourcePolicy"]
        if endpoint.status in _UNATTACHABLE:
            raise invalid(f'Cannot attach a policy to endpoint "{endpoint.arn}".')
        if len(policy) > _LONGEST or not policy.isascii():
            raise invalid(f"ResourcePolicy must be at most {_LONGEST} ASCII characters.")
        try:
            json.loads(policy)
        except ValueError:
            raise invalid("ResourcePolicy is not valid JSON.") from None
        endpoint.policy = policy
        return {"EndpointArn": endpoint.arn}

    def get_endpoint_policy(self, request: Document) -> Document:
        endpoint = self._find(request)
        if not endpoint.policy:
            raise invalid(f'Endpoint "{endpoint.arn}" does not have a policy.')
        return {
            "EndpointName": endpoint.name,
            "EndpointArn": endpoint.arn,
            "ResourcePolicy": endpoint.policy,
        }

    def delete_endpoint_policy(self, request: Document) -> None:
        self._find(request).policy = ""

    def _find(self, request: Document) -> HostedEndpoint:
        try:
            return self._hosting.find(request["EndpointName"])
        except Refusal as refusal:
            raise Refusal("ResourceNotFound", refusal.message) from None

"""Which endpoint and variant answer an invocation, and which invocations SageMaker refuses.

The text for an absent endpoint and the one for a missing component are AWS's (facts 13); the
others are ours, since no report quotes them.
"""

import random
from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.sagemaker.hosting import Hosting

type Document = Mapping[str, Any]

_NO_COMPONENT = (
    "Inference Component Name header is required for endpoints to which you plan to deploy "
    "inference components. Please include Inference Component Name header or consider using "
    "SageMaker models."
)


def refused(message: str) -> Refusal:
    """The runtime's ValidationError, where other services say ValidationException."""
    return Refusal("ValidationError", message)


def serving_endpoint(hosting: Hosting, name: str, *, asynchronous: bool) -> HostedEndpoint:
    """The endpoint, if its status and its kind let it take the invocation."""
    try:
        endpoint = hosting.find(name)
    except Refusal:
        raise refused(f"Endpoint {name} of account {ACCOUNT} not found.") from None
    if not endpoint.serving:
        raise refused(
            f"Endpoint {name} of account {ACCOUNT} is not in service: it is {endpoint.status}."
        )
    if asynchronous and not endpoint.asynchronous:
        raise refused(f"Endpoint {name} is not asynchronous: use InvokeEndpoint.")
    if endpoint.asynchronous and not asynchronous:
        raise refused(f"Endpoint {name} is asynchronous: use InvokeEndpointAsync.")
    return endpoint


def answering_variant(endpoint: HostedEndpoint, request: Document, rng: random.Random) -> str:
    """TargetVariant, else one by weight; a shadow variant never answers."""
    variants = endpoint.variants
    target = request.get("TargetVariant")
    if target is not None and target not in variants:
        raise refused(f"Variant {target} not found for endpoint {endpoint.name}.")
    weights = [variant.weight for variant in variants.values()]
    if not any(weights):  # AWS names no rule
        weights = [1.0] * len(weights)
    name = target or rng.choices(list(variants), weights)[0]
    if "ModelName" not in variants[name].request:
        raise refused(_NO_COMPONENT)
    if "InferenceComponentName" in request:
        raise refused(f"Endpoint {endpoint.name} has no inference components.")
    return str(name)

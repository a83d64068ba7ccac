"""How Application Auto Scaling names what it scales, and how a saved alarm names a policy.

An alarm names a policy by its ARN, which holds an id. The policy has another id when it is put
again, so a saved alarm names it by resource and name instead: the policy reference.
"""

import re

_REFERENCE = "lowtide:policy:"
_POLICY_ARN = re.compile(r"arn:.+:scalingPolicy:[^:]+:resource/sagemaker/([^:]+):policyName/(.+)")


def resource_id(endpoint: str, variant: str) -> str:
    return f"endpoint/{endpoint}/variant/{variant}"


def belongs_to(resource: str, endpoint: str) -> bool:
    """Whether a resource id is of a variant of `endpoint`."""
    return resource.startswith(resource_id(endpoint, ""))


def variant_of(resource: str) -> str:
    return resource.rpartition("/")[2]


def policy_reference(resource: str, policy_name: str) -> str:
    return f"{_REFERENCE}{resource}:{policy_name}"


def referenced_policy(action: str) -> tuple[str, str] | None:
    """The resource id and the name of the policy; None for an action of any other kind."""
    if not action.startswith(_REFERENCE):
        return None
    resource, _, policy_name = action.removeprefix(_REFERENCE).partition(":")
    return resource, policy_name


def triggered_variant(action: str, endpoint: str) -> str | None:
    """The variant of `endpoint` whose policy an action of a saved alarm triggers, if any."""
    policy = referenced_policy(action)
    return variant_of(policy[0]) if policy and belongs_to(policy[0], endpoint) else None


def policy_of(arn: str) -> tuple[str, str] | None:
    """The resource id and the name of a policy of SageMaker's; None for any other ARN."""
    match = _POLICY_ARN.fullmatch(arn)
    return (match[1], match[2]) if match else None

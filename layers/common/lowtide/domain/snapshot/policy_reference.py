"""How Application Auto Scaling names what it scales, and how a saved alarm names a policy.

An alarm names a policy by its ARN. That holds an id which is new when the policy is put again, so
a saved alarm has a reference by resource and name instead.
"""

import re

_REFERENCE = "lowtide:policy:"
_POLICY_ARN = re.compile(r"arn:.+:scalingPolicy:[^:]+:resource/sagemaker/([^:]+):policyName/(.+)")


def resource_id(endpoint: str, variant: str) -> str:
    return f"endpoint/{endpoint}/variant/{variant}"


def is_of(resource: str, endpoint: str) -> bool:
    return resource.startswith(resource_id(endpoint, ""))


def variant_of(resource_id: str) -> str:
    return resource_id.rpartition("/")[2]


def policy_reference(resource_id: str, policy_name: str) -> str:
    """How a saved alarm names a policy."""
    return f"{_REFERENCE}{resource_id}:{policy_name}"


def referenced_policy(action: str) -> tuple[str, str] | None:
    """The resource id and the name of the policy; None for an action of any other kind."""
    if not action.startswith(_REFERENCE):
        return None
    resource_id, _, policy_name = action.removeprefix(_REFERENCE).partition(":")
    return resource_id, policy_name


def variant_triggered(action: str, endpoint: str) -> str | None:
    """The variant whose policy this action of a saved alarm names; None where it names none of
    `endpoint`."""
    policy = referenced_policy(action)
    return variant_of(policy[0]) if policy and is_of(policy[0], endpoint) else None


def policy_of(arn: str) -> tuple[str, str] | None:
    """The resource id and the name of a policy of SageMaker's; None for anything else."""
    match = _POLICY_ARN.fullmatch(arn)
    return (match[1], match[2]) if match else None

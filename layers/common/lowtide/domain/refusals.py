"""Why an endpoint must not be deleted."""

from lowtide.domain.endpoints import CLOUDFORMATION_TAG, STACK_TAG
from lowtide.domain.situation import Situation


def refusals(situation: Situation) -> tuple[str, ...]:
    """Each in plain words; empty where nothing speaks against it."""
    tags = situation.endpoint.tags
    found = []
    if tags.get(STACK_TAG) != situation.stack:
        found.append(f"it does not carry the tag {STACK_TAG}={situation.stack}")
    if CLOUDFORMATION_TAG in tags:
        found.append(f"it belongs to the CloudFormation stack {tags[CLOUDFORMATION_TAG]}")
    if situation.missing:
        found.append(f"it could not be created again: {', '.join(situation.missing)} is missing")
    return tuple(found)

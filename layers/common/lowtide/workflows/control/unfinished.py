"""What would stay half done if the stack were deleted now: `lowtide can-delete` asks for it."""

from lowtide.domain.endpoint import Status
from lowtide.domain.lifecycle import Context, moving, restore_pending, suspension_lasts


def unfinished(context: Context) -> str | None:
    """Returns it in words, for an endpoint that the file lists; None where nothing is."""
    if begun := unfinished_of_unlisted(context):
        return begun
    if restore_pending(context) and context.endpoint.status != Status.ABSENT:
        return "not all of what was saved is verified as restored"
    if context.intent:
        return f"the outcome of the step {context.intent.step} is not known yet"
    return None


def unfinished_of_unlisted(context: Context) -> str | None:
    """The same for an endpoint that left the file: only the end of a drain is left to do."""
    if suspension_lasts(context):
        return "it drains, and its scaling is suspended"
    if moving(context):
        return f"SageMaker reports {context.endpoint.status}"
    return None

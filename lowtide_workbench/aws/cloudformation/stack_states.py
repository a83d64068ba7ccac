"""In which status a stack may be updated, rolled back, cancelled or deleted."""

from lowtide_workbench.aws.cloudformation.stack import Stack
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid_request

_UPDATABLE = frozenset(
    {
        "CREATE_COMPLETE",
        "CREATE_FAILED",
        "UPDATE_COMPLETE",
        "UPDATE_FAILED",
        "UPDATE_ROLLBACK_COMPLETE",
    }
)


def check_may_update(stack: Stack) -> None:
    if stack.status not in _UPDATABLE:
        raise _wrong_state(stack, "can not be updated")


def check_may_roll_back(stack: Stack) -> None:
    if stack.status not in ("CREATE_FAILED", "UPDATE_FAILED"):
        raise _wrong_state(stack, "can not be rolled back")


def check_may_continue_rollback(stack: Stack) -> None:
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise _wrong_state(stack, "can not continue update rollback")


def check_may_cancel_update(stack: Stack) -> None:
    if stack.status != "UPDATE_IN_PROGRESS":
        raise invalid_request("CancelUpdateStack cannot be called from current stack status")


def check_may_delete(stack: Stack) -> None:
    if stack.is_protected:
        raise invalid_request(
            f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        )
    if stack.is_busy and not stack.status.startswith("CREATE"):
        raise _wrong_state(stack, "can not be deleted")


def _wrong_state(stack: Stack, consequence: str) -> Refusal:
    return invalid_request(f"Stack:{stack.arn} is in {stack.status} state and {consequence}.")

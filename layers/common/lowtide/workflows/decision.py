"""The decision about one endpoint: approved with facts that are read for it, then reported."""

from dataclasses import dataclass
from datetime import timedelta

from lowtide.domain.endpoint import Status
from lowtide.domain.lifecycle import (
    Action,
    ApplyScaling,
    BeginDrain,
    Blocked,
    Context,
    Delete,
    EndDrain,
    Restore,
    TakeSnapshot,
    approve_deletion,
    approve_restore,
    approve_scaling,
    creating_too_long,
    delete_overdue,
    left_suspended,
    wake_overdue,
)
from lowtide.domain.schedule import Observed, Pause
from lowtide.workflows.gather import deletion_facts, scaling_facts
from lowtide.workflows.services import Services


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one endpoint, or why nothing could be."""

    endpoint: str
    action: str
    reason: str
    failed: bool = False
    blocked: bool = False
    wake_overdue: bool = False  # it should be in service by now
    creating_too_long: bool = False
    delete_overdue: bool = False  # it is there long after it was to be deleted
    forgotten: bool = False  # paused for more than a day, without an end
    left_suspended: bool = False  # its scaling is suspended, and no delete is to follow
    blocker_codes: tuple[str, ...] = ()
    restoring_minutes: float | None = None  # since the first attempt, where none is verified yet


def approve(action: Action, context: Context, services: Services) -> Action:
    """The planned action, or what is done instead. Facts are read only where a step needs them."""
    match action:
        case TakeSnapshot() | BeginDrain() | Delete():
            return approve_deletion(action, context, deletion_facts(context, services))
        case Restore():
            tags = services.endpoints.tags(context.endpoint.arn)
            return approve_restore(action, context, tags)
        case ApplyScaling():
            return approve_scaling(action, context, scaling_facts(context, services))
        case _:
            return action


def why_blocked(action: Action) -> str:
    """The reason why a wanted step is not taken; "" where none is blocked."""
    return action.reason if isinstance(action, Blocked) else ""


def decision_for(context: Context, action: Action) -> Decision:
    paused = context.paused
    return Decision(
        endpoint=context.endpoint.name,
        action=action.name,
        reason=action.reason,
        blocked=isinstance(action, Blocked),
        wake_overdue=wake_overdue(context),
        creating_too_long=creating_too_long(context) and not isinstance(paused, Observed),
        delete_overdue=delete_overdue(context),
        forgotten=isinstance(paused, Pause) and paused.is_forgotten(context.now),
        left_suspended=left_suspended(context) and isinstance(action, EndDrain | Blocked),
        blocker_codes=action.codes if isinstance(action, Blocked) else (),
        restoring_minutes=_restoring_minutes(context),
    )


def _restoring_minutes(context: Context) -> float | None:
    """Nothing is tried during a pause: its minutes, and those before it, do not count."""
    restoring_since, paused = context.record.restoring_since, context.paused
    deleted_by_hand = context.endpoint.status == Status.ABSENT
    if restoring_since is None or deleted_by_hand or paused:
        return None
    since = max(restoring_since, context.resumed or restoring_since)
    return (context.now - since) / timedelta(minutes=1)

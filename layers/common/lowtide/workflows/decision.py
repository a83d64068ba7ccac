"""What was decided about an endpoint, for the log and the metrics."""

from dataclasses import dataclass
from datetime import timedelta

from lowtide.domain.endpoint.observed import Status
from lowtide.domain.lifecycle.actions import Action, EndDrain, Refuse
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import creating_too_long
from lowtide.domain.lifecycle.lateness import late
from lowtide.domain.lifecycle.predicates import left_held, outstays


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one endpoint, or why nothing could be."""

    endpoint: str
    action: str
    reason: str
    failed: bool = False
    refused: bool = False
    missed: bool = False  # late: it should be in service by now
    overdue: bool = False  # Creating for longer than it should be
    outstays: bool = False  # there long after it was to be deleted
    left_held: bool = False  # its scaling stands still, and no delete is to follow
    refusal_kinds: tuple[str, ...] = ()
    restoring_minutes: float | None = None  # since the first attempt, where none is proven yet


def refusal(action: Action) -> str:
    """Why nothing is done although it is wished; "" where nothing is refused."""
    return action.reason if isinstance(action, Refuse) else ""


def decision(context: Context, action: Action) -> Decision:
    return Decision(
        endpoint=context.endpoint.name,
        action=action.name,
        reason=action.reason,
        refused=isinstance(action, Refuse),
        missed=late(context),
        overdue=creating_too_long(context),
        outstays=outstays(context),
        left_held=left_held(context) and isinstance(action, EndDrain | Refuse),
        refusal_kinds=action.kinds if isinstance(action, Refuse) else (),
        restoring_minutes=_restoring_minutes(context),
    )


def _restoring_minutes(context: Context) -> float | None:
    """Nothing is tried during a pause: its minutes, and those before it, do not count."""
    begun, paused = context.record.restoring_since, context.paused
    gone = context.endpoint.status == Status.ABSENT  # by hand: nothing is in service without it
    if begun is None or gone or paused:
        return None
    since = max(begun, context.resumed or begun)
    return (context.now - since) / timedelta(minutes=1)

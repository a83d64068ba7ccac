"""What is written down about a step beside the record: the ledger, refusals, sleeps, holds."""

from collections.abc import Mapping

from lowtide.domain.errors import ChangedError, LowtideError
from lowtide.domain.history.costs import cost
from lowtide.domain.history.entry import Entry, ended_by, found_gone, is_news, known_sleep
from lowtide.domain.history.recovery import as_it_was, done_unseen
from lowtide.domain.lifecycle.actions import (
    Action,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    Refuse,
    Step,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.lateness import milestones
from lowtide.domain.lifecycle.stored_state import Intent, Sleep
from lowtide.domain.schedule.override import LeftFile
from lowtide.workflows.decision import refusal
from lowtide.workflows.gather import kept_now
from lowtide.workflows.services import Services

_FOUND = "found done: its run ended, or AWS's answer was lost, before that was entered"
_LOOKED_BACK = 20  # entries: more than an hour brings


def note_refusal(action: Action, context: Context, services: Services) -> None:
    """What is refused now, and when that is over; the ledger has each new reason, and has it first:
    what is noted is not told again."""
    reason, name, now = refusal(action), context.endpoint.name, context.now
    if reason == context.noted:
        return
    if isinstance(action, Refuse):
        refused = Entry(now, action.name, reason, ", ".join(action.kinds), ok=False)
        _enter_news(name, refused, services)
    services.store.save_refusal(name, reason, now)


def note_milestones(context: Context, services: Services) -> None:
    """They also show what somebody else did: an endpoint that Lowtide did not delete is gone."""
    seen, name = milestones(context), context.endpoint.name
    if seen == context.milestones or isinstance(context.paused, LeftFile):
        return
    if entry := found_gone(context):
        services.store.enter(name, entry)
    services.store.save_milestones(name, seen)


def kept_until(step: Step, context: Context, services: Services) -> Mapping[str, int]:
    """Instances by type that were kept at least until now, or would have been but for the sleep.

    Asked before the step, because after a delete AWS does not tell it any more.
    """
    match step:
        case Delete() if not context.desired.awake:
            return kept_now(context, services)
        case Create() if (sleep := known_sleep(context)) is not None:
            return sleep.keeps
        case _:
            return {}


def note_sleep_begins(
    step: Step, kept: Mapping[str, int], context: Context, services: Services
) -> None:
    """Before the delete, so that a crash right after it does not lose the night's figures."""
    if isinstance(step, Delete) and not context.desired.awake:
        services.store.save_sleep(context.endpoint.name, Sleep(context.now, kept))


def note_hold_begins(step: Step, context: Context, services: Services) -> None:
    """Before it is held: also one that leaves the file right then is found, and released."""
    if isinstance(step, BeginDrain):
        services.store.note_hold(context.endpoint.name, context.now)


def note_done(
    step: Step, outcome: str, kept: Mapping[str, int], context: Context, services: Services
) -> None:
    name = context.endpoint.name
    services.store.enter(name, _entry(step, outcome, kept, context, services))
    if isinstance(step, Create | EndDrain):  # a sleep is over, or never came
        services.store.save_sleep(name, None)
    if isinstance(step, Create | EndDrain | Delete):
        services.store.drop_hold(name)


def note_missed(context: Context, services: Services) -> None:
    """Enters a delete or a creation whose own run could not; before anything else is noted."""
    step, begun = done_unseen(context), context.begun
    if step is None or begun is None or _is_told(begun, context.endpoint.name, services):
        return
    before = as_it_was(context, step, begun.at)
    sleep = known_sleep(before)
    note_done(step, _FOUND, sleep.keeps if sleep else {}, before, services)


def _is_told(begun: Intent, name: str, services: Services) -> bool:
    newest = services.store.ledger(name, newest=_LOOKED_BACK)
    return any(e.step == begun.step and e.ok and e.at >= begun.at for e in newest)


def note_failed(
    step: str, reason: str, error: LowtideError, context: Context, services: Services
) -> None:
    said = "put off" if isinstance(error, ChangedError) else "failed"
    entry = Entry(context.now, step, reason, f"{said}: {error}", ok=False)
    _enter_news(context.endpoint.name, entry, services)


def _enter_news(name: str, entry: Entry, services: Services) -> None:
    if is_news(entry, services.store.ledger(name, newest=_LOOKED_BACK)):
        services.store.enter(name, entry)


def _entry(
    step: Step, outcome: str, kept: Mapping[str, int], context: Context, services: Services
) -> Entry:
    ended = ended_by(step, context, known_sleep(context))
    lasted = ended.get("awake") or ended.get("asleep")
    spent = cost(lasted, kept, services.prices) if lasted else None
    return Entry(
        at=context.now,
        step=step.name,
        reason=step.reason,
        outcome=outcome,
        ended=ended,
        kept_hours=spent.instance_hours if spent else {},
        kept_usd=spent.usd if spent else None,
    )

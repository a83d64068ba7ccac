"""What is written down of a step: before it, so that a crash loses nothing, and after it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lowtide.domain.errors import BusyError, ChangedError, LowtideError
from lowtide.domain.history import (
    BEGUN,
    ENTERED_AGAIN_AFTER,
    Entry,
    cost,
    deleted_by_hand,
    done,
    ended_by,
    failed_lately,
    is_news,
    known_sleep,
    not_done,
    was_done,
)
from lowtide.domain.lifecycle import (
    Action,
    BeginDrain,
    Blocked,
    Context,
    Create,
    Delete,
    EndDrain,
    Intent,
    Record,
    Sleep,
    Step,
    complete,
    failures_after,
    intend,
    suspension_lasts,
    timestamps,
)
from lowtide.domain.schedule import LeftFile
from lowtide.workflows.decision import why_blocked
from lowtide.workflows.gather import kept_now
from lowtide.workflows.reconciler.apply_scaling import Outcome
from lowtide.workflows.services import Services


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step, and what was stored before it was taken."""

    step: Step
    record: Record
    intent: Intent


def catch_up(context: Context, services: Services) -> None:
    """Writes down what was done since the last run: by a run that was killed, or by a person."""
    _complete_interrupted(context, services)
    name, now = context.endpoint.name, timestamps(context)
    if isinstance(context.paused, LeftFile):
        if not suspension_lasts(context):  # it is left alone from now on
            services.store.unmark_suspended(name)
    elif now != context.timestamps:
        if entry := deleted_by_hand(context):
            services.store.save_entry(name, entry)
        services.store.save_timestamps(name, now)


def _complete_interrupted(context: Context, services: Services) -> None:
    """Completes the entry of a delete or a creation that AWS has taken, whose run was killed or got
    no answer: the endpoint shows it. Any other step is simply taken again."""
    intent, name = context.intent, context.endpoint.name
    if intent is None:
        return
    entry = services.store.entry_of(name, intent)
    if not was_done(intent, context.endpoint, context.now):
        if entry is not None and entry.outcome == BEGUN:
            interrupted = not_done(intent, "failed: its run was interrupted")
            services.store.save_entry(name, interrupted)
    elif entry is None or not entry.ok:
        outcome = "done: its run ended, or AWS's answer was lost, before that was written down"
        services.store.save_entry(name, done(intent, outcome))
        _clean_up(intent.step, name, services)


def note_blocked(action: Action, context: Context, services: Services) -> None:
    """Stores what is blocked now, or that nothing is; each new reason has an entry first."""
    reason, name, now = why_blocked(action), context.endpoint.name, context.now
    if reason == context.blocked:
        return
    if isinstance(action, Blocked):
        _save_news(
            Entry(now, action.name, reason, ", ".join(action.codes), ok=False), name, services
        )
    services.store.save_blocked(name, reason, now)


def note_failure(step: Step, error: Exception, context: Context, services: Services) -> None:
    """Enters a step that failed, before or after it was begun."""
    why = str(error) if isinstance(error, LowtideError) else f"{type(error).__name__}: {error}"
    outcome = f"{'put off' if isinstance(error, ChangedError) else 'failed'}: {why}"
    entry = Entry(context.now, step.name, step.reason, outcome, ok=False)
    _save_news(entry, context.endpoint.name, services)


def begin(step: Step, context: Context, services: Services) -> Attempt:
    """Stores the record with the intent, which has all that its entry will need, then the entry,
    `begun`. Another try of a step that failed has an entry already: one for each minute would bury
    the others, as the role may delete none."""
    name, now = context.endpoint.name, context.now
    kept = _kept_until_now(step, context, services)
    record = intend(context.record, step, context.endpoint.created_at, now)
    intent = _intent(step, kept, context, services)
    services.store.save_record(name, record, intent, now)
    if not failed_lately(step, services.store.history_since(name, now - ENTERED_AGAIN_AFTER)):
        services.store.save_entry(name, not_done(intent))
    if isinstance(step, Delete) and not context.desired.awake:
        services.store.save_sleep(name, Sleep(now, kept))
    if isinstance(step, BeginDrain):  # found by this mark even if it leaves the file right now
        services.store.mark_suspended(name, now)
    return Attempt(step, record, intent)


def finish(attempt: Attempt, outcome: Outcome, context: Context, services: Services) -> None:
    """The entry first: once the record says that the step is done, no later run looks for it."""
    name, step = context.endpoint.name, attempt.step
    services.store.save_entry(name, done(attempt.intent, outcome.description))
    completed = complete(attempt.record, step, context.endpoint.created_at, outcome.left_out)
    services.store.save_record(name, completed, None, context.now)
    _clean_up(step.name, name, services)


def fail(attempt: Attempt, error: Exception, context: Context, services: Services) -> None:
    """The intent of a delete or a creation that AWS did not answer, or whose error is unforeseen,
    stays: it may be done all the same, and the next run enters it then."""
    name, step = context.endpoint.name, attempt.step
    note_failure(step, error, context, services)
    if not isinstance(step, Create | Delete):
        return
    if isinstance(error, BusyError) or not isinstance(error, LowtideError):
        return
    record = attempt.record
    if isinstance(step, Create):
        record = replace(record, failures=failures_after(error, step, context))
    elif isinstance(error, ChangedError):  # as if it had never begun: else a restore would be due
        record = context.record
    services.store.save_record(name, record, None, context.now)
    if isinstance(error, ChangedError):
        services.store.save_sleep(name, context.sleep)


def _save_news(failure: Entry, name: str, services: Services) -> None:
    history = services.store.history_since(name, failure.at - ENTERED_AGAIN_AFTER)
    if is_news(failure, history):
        services.store.save_entry(name, failure)


def _clean_up(step: str, name: str, services: Services) -> None:
    if step in (Create.name, EndDrain.name):  # a sleep is over, or never came
        services.store.save_sleep(name, None)
    if step in (Create.name, EndDrain.name, Delete.name):
        services.store.unmark_suspended(name)


def _kept_until_now(step: Step, context: Context, services: Services) -> Mapping[str, int]:
    """Instances by type that were kept at least until now, or would have been but for the sleep.
    Read before the step, because after a delete AWS does not know them any more."""
    match step:
        case Delete() if not context.desired.awake:
            return kept_now(context, services)
        case Create() if (sleep := known_sleep(context)) is not None:
            return sleep.instances
        case _:
            return {}


def _intent(step: Step, kept: Mapping[str, int], context: Context, services: Services) -> Intent:
    ended = ended_by(step, context, known_sleep(context))
    lasted = ended.get("awake") or ended.get("asleep")
    spent = cost(lasted, kept, services.prices) if lasted else None
    return Intent(
        step=step.name,
        reason=step.reason,
        at=context.now,
        ended=ended,
        kept_hours=spent.instance_hours if spent else {},
        kept_usd=spent.usd if spent else None,
    )

"""What is written down of a step: before it, so that a crash loses nothing, and after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lowtide.domain.errors import BusyError, ChangedError, LowtideError
from lowtide.domain.history.costs import cost
from lowtide.domain.history.entry import (
    BEGUN,
    RETOLD_AFTER,
    Entry,
    ended_by,
    failures_before,
    is_news,
    known_sleep,
)
from lowtide.domain.history.evidence import deleted_by_hand, was_done
from lowtide.domain.lifecycle.actions import (
    Action,
    BeginDrain,
    Blocked,
    Create,
    Delete,
    EndDrain,
    Step,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import failures_after
from lowtide.domain.lifecycle.lateness import timestamps
from lowtide.domain.lifecycle.record import Record, complete, intend
from lowtide.domain.lifecycle.stored_state import Intent, Sleep
from lowtide.domain.schedule.override import LeftFile
from lowtide.workflows.decision import why_blocked
from lowtide.workflows.gather import kept_now
from lowtide.workflows.reconciler.apply_scaling import Outcome
from lowtide.workflows.services import Services


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step as it was written down before it was taken."""

    step: Step
    record: Record
    entry: Entry
    failures: Sequence[Entry]  # of the same step, in the last hour and since it last succeeded


def catch_up(context: Context, services: Services) -> None:
    """Writes down what was done since the last run: by a run that was killed, or by a person."""
    _complete_interrupted(context, services)
    now = timestamps(context)
    if now == context.timestamps or isinstance(context.paused, LeftFile):
        return
    if entry := deleted_by_hand(context):
        services.store.save_entry(context.endpoint.name, entry)
    services.store.save_timestamps(context.endpoint.name, now)


def _complete_interrupted(context: Context, services: Services) -> None:
    """The entry of a delete or a creation whose run was killed, or that AWS did not answer: the
    endpoint shows whether it was done. Any other step is simply taken again."""
    intent, name = context.intent, context.endpoint.name
    if intent is None or intent.step not in (Create.name, Delete.name):
        return
    entry = services.store.entry_of(name, intent)
    if entry is not None and not entry.is_open:
        return
    if was_done(intent, context.endpoint, context.now):
        entry = entry or Entry(intent.at, intent.step, intent.reason, BEGUN)
        outcome = "done: its run ended, or AWS's answer was lost, before that was written down"
        services.store.save_entry(name, replace(entry, outcome=outcome, ok=True))
        _clean_up(intent.step, name, services)
    elif entry is not None:
        why = entry.outcome.removeprefix(BEGUN) or ": its run was interrupted"
        services.store.save_entry(name, entry.failed(f"failed{why}"))


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


def note_failure(step: Step, error: LowtideError, context: Context, services: Services) -> None:
    """Of a step that failed before it was begun."""
    entry = Entry(context.now, step.name, step.reason, _failure(error), ok=False)
    _save_news(entry, context.endpoint.name, services)


def begin(step: Step, context: Context, services: Services) -> Attempt:
    """Writes the record with the intent, then the entry, `begun`. A step that failed in the last
    hour has an entry already: one for each try would bury the others."""
    name, now = context.endpoint.name, context.now
    kept = _kept_until_now(step, context, services)
    record = intend(context.record, step, context.endpoint.created_at, now)
    entry = _entry(step, kept, context, services)
    failures = _failures_before(entry, name, services)
    services.store.save_record(name, record, Intent(step.name, step.reason, now), now)
    if isinstance(step, Delete) and not context.desired.awake:
        services.store.save_sleep(name, Sleep(now, kept))
    if isinstance(step, BeginDrain):  # found by this mark even if it leaves the file right now
        services.store.mark_suspended(name, now)
    if not failures:
        services.store.save_entry(name, entry)
    return Attempt(step, record, entry, failures)


def finish(attempt: Attempt, outcome: Outcome, context: Context, services: Services) -> None:
    """The entry first: once the record says that the step is done, no later run looks for it."""
    name, step = context.endpoint.name, attempt.step
    services.store.save_entry(name, replace(attempt.entry, outcome=outcome.description, ok=True))
    done = complete(attempt.record, step, context.endpoint.created_at, outcome.left_out)
    services.store.save_record(name, done, None, context.now)
    _clean_up(step.name, name, services)


def fail(attempt: Attempt, error: LowtideError, context: Context, services: Services) -> None:
    """A delete or a creation that AWS did not answer stays begun: it may be done all the same."""
    name, step = context.endpoint.name, attempt.step
    starts_or_ends = isinstance(step, Create | Delete)
    failed = attempt.entry.failed(_failure(error))
    if is_news(failed, attempt.failures):
        unanswered = starts_or_ends and isinstance(error, BusyError)
        open_entry = replace(attempt.entry, outcome=f"{BEGUN}: {error}")
        services.store.save_entry(name, open_entry if unanswered else failed)
    if not starts_or_ends or isinstance(error, BusyError):
        return
    record = _after_refusal(attempt, error, context)
    services.store.save_record(name, record, None, context.now)
    if isinstance(error, ChangedError):
        services.store.save_sleep(name, context.sleep)


def _after_refusal(attempt: Attempt, error: LowtideError, context: Context) -> Record:
    """A delete that is given up is as if it had never begun: else a restore would be due."""
    match attempt.step:
        case Create(after=failures):
            return replace(attempt.record, failures=failures_after(error, failures, context))
        case _:
            return context.record if isinstance(error, ChangedError) else attempt.record


def _failure(error: LowtideError) -> str:
    return f"{'put off' if isinstance(error, ChangedError) else 'failed'}: {error}"


def _save_news(entry: Entry, name: str, services: Services) -> None:
    if is_news(entry, _failures_before(entry, name, services)):
        services.store.save_entry(name, entry)


def _failures_before(entry: Entry, name: str, services: Services) -> Sequence[Entry]:
    return failures_before(entry, services.store.history_since(name, entry.at - RETOLD_AFTER))


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
            return sleep.keeps
        case _:
            return {}


def _entry(step: Step, kept: Mapping[str, int], context: Context, services: Services) -> Entry:
    ended = ended_by(step, context, known_sleep(context))
    lasted = ended.get("awake") or ended.get("asleep")
    spent = cost(lasted, kept, services.prices) if lasted else None
    return Entry(
        at=context.now,
        step=step.name,
        reason=step.reason,
        outcome=BEGUN,
        ok=False,
        ended=ended,
        kept_hours=spent.instance_hours if spent else {},
        kept_usd=spent.usd if spent else None,
    )

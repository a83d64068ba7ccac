"""What is written down about a step beside the record: the ledger, refusals, sleeps."""

from lowtide.domain.actions import Action, Create, Delete, EndDrain, Refuse, Step
from lowtide.domain.ledger import Entry, ended_by, known_sleep
from lowtide.domain.savings import kept_at_least, saved_by
from lowtide.domain.situation import Situation
from lowtide.domain.sleep import Sleep
from lowtide.workflows.tick import refusal
from lowtide.workflows.world import World


def note_refusal(action: Action, situation: Situation, world: World) -> None:
    """Once for each new reason, however many minutes it lasts; and when it is over."""
    reason, name, now = refusal(action), situation.endpoint.name, situation.now
    if reason == situation.noted:
        return
    world.store.save_refusal(name, reason, now)
    if isinstance(action, Refuse):
        world.store.enter(name, Entry(now, "Refuse", reason, ", ".join(action.kinds), ok=False))


def note_sleep_begins(step: Step, situation: Situation, world: World) -> None:
    """Before the delete, so that a crash right after it does not lose the night's figures."""
    endpoint = situation.endpoint
    if not isinstance(step, Delete) or situation.wish.awake:
        return
    kept = kept_at_least(world.endpoints.fleet(endpoint.config_name), situation.record.snapshot)
    world.store.save_sleep(endpoint.name, Sleep(situation.now, kept))


def note_done(step: Step, outcome: str, situation: Situation, world: World) -> None:
    name = situation.endpoint.name
    world.store.enter(name, _entry(step, outcome, situation, world))
    if isinstance(step, Create | EndDrain):  # a sleep is over, or never came
        world.store.save_sleep(name, None)


def _entry(step: Step, outcome: str, situation: Situation, world: World) -> Entry:
    now, sleep = situation.now, known_sleep(situation)
    ended = ended_by(step, situation, sleep)
    saved = saved_by(sleep, now, world.prices) if sleep and "asleep" in ended else None
    return Entry(
        at=now,
        step=type(step).__name__,
        reason=step.reason,
        outcome=outcome,
        ended=ended,
        saved_hours=saved.instance_hours if saved else {},
        saved_usd=saved.usd if saved else None,
    )

"""What is the one next step for this endpoint?

`plan` reads a table of rules from top to bottom and takes the first that applies. Nothing here
remembers a plan: each minute decides anew from what is wished and what is observed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lowtide.domain.lifecycle import predicates as its
from lowtide.domain.lifecycle import reasons
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    Forget,
    Paused,
    Refuse,
    Rest,
    Restore,
    TakeSnapshot,
    Wait,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import (
    config_to_create,
    creating_too_long,
    failures_with_this_one,
    pausing,
    standing_failures,
    stopped_by_quota,
    took,
)
from lowtide.domain.lifecycle.delete_blockers import refusals, refuse
from lowtide.domain.lifecycle.scaling_blockers import refuse_scaling, scaling_refusals
from lowtide.domain.scaling.desired import asked_for

type Condition = Callable[[Context], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    applies: Condition
    action: Callable[[Context], Action]


def plan(context: Context) -> Action:
    return rule_for(context).action(context)


def rule_for(context: Context) -> Rule:
    return next(rule for rule in RULES if rule.applies(context))


def _all(*conditions: Condition) -> Condition:
    return lambda s: all(condition(s) for condition in conditions)


def _not(condition: Condition) -> Condition:
    return lambda s: not condition(s)


def _harmful(s: Context) -> bool:
    return bool(refusals(s))


def _nothing_to_create(s: Context) -> bool:
    return config_to_create(s) is None


def _create(s: Context) -> Create:
    failures = standing_failures(s)
    return Create(reasons.why_created(s), config_to_create(s) or "", failures, s.desired.opens)


def _delete(s: Context) -> Delete:
    return Delete(reasons.why_deleted(s), failures_with_this_one(s))


def _unscalable(s: Context) -> bool:
    return bool(scaling_refusals(s))


def _apply_scaling(s: Context) -> ApplyScaling:
    scaling = s.managed.scaling
    asked = asked_for(s.managed, s.endpoint.config_name)
    given = scaling.range if scaling else None
    variants = tuple(variant.name for variant in s.endpoint.variants)
    return ApplyScaling(reasons.why_applied(s), asked, given, variants)


def _begin_drain_anew(s: Context) -> BeginDrain:
    return BeginDrain(f"{s.desired.reason}; its drain was not ended in time: it begins anew")


def _begin_drain(s: Context) -> BeginDrain:
    return BeginDrain(s.desired.reason, its.draining_since(s))


def _refuse(s: Context) -> Refuse:
    """Also says where its scaling still stands still."""
    refusal = refuse(s)
    return replace(refusal, reason=f"{refusal.reason}{reasons.still_held(s)}")


RULES: tuple[Rule, ...] = (
    Rule(
        "a person paused it while it drained: what is held is given back first",
        _all(its.paused, its.can_release),
        lambda s: EndDrain(reasons.why_released(s)),
    ),
    Rule(
        "a person paused it: nothing touches it",
        its.paused,
        lambda s: Paused(reasons.why_paused(s)),
    ),
    Rule(
        "a status that nobody knows here",
        its.unknown,
        lambda s: Refuse(
            f"SageMaker reports the status {s.endpoint.reported}, which is not known here",
            ("unknown-status",),
        ),
    ),
    Rule(
        "AWS creates it for too long: nothing else can be done",
        creating_too_long,
        lambda s: Wait(reasons.why_creation_lasts(s)),
    ),
    Rule(
        "AWS is at work on it: nothing can be done",
        its.moving,
        lambda s: Wait(f"SageMaker reports {s.endpoint.status}"),
    ),
    Rule(
        "wanted, absent, and nothing says what to create",
        _all(its.awake, its.absent, _nothing_to_create),
        lambda _: Refuse(
            "nothing was ever saved of it, and the file pins no `config` to create it from",
            ("nothing-to-create",),
        ),
    ),
    Rule(
        "wanted, absent, and a quota is in the way",
        _all(its.awake, its.absent, stopped_by_quota),
        lambda s: Refuse(reasons.why_stopped(s), ("quota",)),
    ),
    Rule(
        "wanted, absent, and the last creation failed a moment ago",
        _all(its.awake, its.absent, pausing),
        lambda s: Wait(reasons.why_pausing(s)),
    ),
    Rule("wanted and absent", _all(its.awake, its.absent), _create),
    Rule(
        "not wanted any more before a creation succeeded: the next wake begins anew",
        _all(its.absent, its.creation_unfinished),
        lambda s: Forget(s.desired.reason),
    ),
    Rule("not wanted and absent", its.absent, lambda s: Rest(s.desired.reason)),
    Rule("failed, and deleting it could do harm", _all(its.failed, _harmful), refuse),
    Rule(
        "failed, and not saved yet",
        _all(its.failed, _not(its.saved)),
        lambda _: TakeSnapshot("it failed and must be deleted; it is not saved as it is now"),
    ),
    Rule("failed: only a delete frees the name", its.failed, _delete),
    Rule(
        "wanted again before it was deleted",
        lambda s: its.awake(s) and (its.ending(s) or its.draining(s)),
        lambda s: EndDrain(s.desired.reason),
    ),
    Rule(
        "there, but not serving",
        _all(its.awake, its.out_of_service),
        lambda _: Refuse(
            "it is OutOfService: only an update or a delete by hand helps", ("out-of-service",)
        ),
    ),
    Rule(
        "wanted, and a restore that lasts was tried last: the scaling of the file has its turn",
        _all(its.awake, its.scaling_turn, _not(_unscalable)),
        _apply_scaling,
    ),
    Rule(
        "wanted, and not proven to be back with what was saved",
        _all(its.awake, its.restore_pending),
        lambda s: Restore("in service; what was saved is not proven back yet", took(s)),
    ),
    Rule(
        "wanted and there, and the scaling of the file would rest on a guess",
        _all(its.awake, its.scaling_due, _unscalable),
        refuse_scaling,
    ),
    Rule(
        "wanted and there, and its scaling is not what the file asks for",
        _all(its.awake, its.scaling_due),
        _apply_scaling,
    ),
    Rule("wanted and there", its.awake, lambda s: Rest(reasons.why_rested(s))),
    Rule(
        "refused until its deadline: it serves on, so its scaling must not stand still",
        _all(_harmful, its.ours, its.held_long_enough),  # the tag gives the right to
        lambda s: EndDrain(refuse(s).reason),
    ),
    Rule("not wanted, but deleting it could do harm", _harmful, _refuse),
    Rule(
        "not wanted, and not saved since its end began",
        _not(its.saved),
        lambda s: TakeSnapshot(f"{s.desired.reason}; saved before draining changes anything"),
    ),
    Rule("not wanted and saved: scaling is held", _not(its.draining), _begin_drain),
    Rule(
        "streams may be open that its drain never saw",
        _all(its.overlooked, lambda s: s.managed.drain.then == "delete"),
        _begin_drain_anew,
    ),
    Rule(
        "streams may be open, and scaling is not held yet",
        _all(its.kept_open, _not(its.held)),
        _begin_drain,
    ),
    Rule("streams may be open", its.kept_open, lambda s: Wait(reasons.why_kept_open(s))),
    Rule("drained and saved", lambda _: True, _delete),
)

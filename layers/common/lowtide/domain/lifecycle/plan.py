"""What is the one next step for this endpoint?

`plan` reads a table of rules from top to bottom and takes the first that applies. It rests on what
is always known. A step towards a delete and one that applies scaling need more: `approval` says
whether they may be taken. Nothing here remembers a plan: each minute decides from the desired and
the actual state alone.
"""

from lowtide.domain.lifecycle import predicates as its
from lowtide.domain.lifecycle import reasons
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Blocked,
    Create,
    Delete,
    EndDrain,
    NoAction,
    Paused,
    ResetRetries,
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
    stopped_by_refusals,
    took,
)
from lowtide.domain.lifecycle.lateness import grace_ends
from lowtide.domain.lifecycle.rules import Rule, all_of, first_that_applies, none_of
from lowtide.domain.scaling import asked_for


def plan(context: Context) -> Action:
    """Returns the action of the first rule that applies to `context`, before approval."""
    return first_that_applies(RULES, context).action(context)


def _create(context: Context) -> Create:
    failures = standing_failures(context)
    return Create(
        reasons.why_created(context),
        config_to_create(context) or "",
        failures,
        context.desired.opens,
    )


def restore_step(context: Context) -> Restore:
    return Restore("in service; what was saved is not verified yet", took(context))


def _delete(context: Context) -> Delete:
    return Delete(reasons.why_deleted(context), failures_with_this_one(context))


def _apply_scaling(context: Context) -> ApplyScaling:
    scaling = context.managed.scaling
    asked = asked_for(context.managed, context.endpoint.config_name)
    given = scaling.range if scaling else None
    variants = tuple(variant.name for variant in context.endpoint.variants)
    return ApplyScaling(reasons.why_applied(context), asked, given, variants)


RULES: tuple[Rule, ...] = (
    Rule(
        "a person paused it while it drained: its scaling is resumed first",
        all_of(its.paused, its.can_resume),
        lambda context: EndDrain(f"{reasons.why_paused(context)}, and is resumed"),
    ),
    Rule(
        "a person paused it: nothing touches it",
        its.paused,
        lambda context: Paused(reasons.why_paused(context)),
    ),
    Rule(
        "a status that is not known here",
        its.unknown,
        lambda context: Blocked(
            f"SageMaker reports the status {context.endpoint.reported}, which is not known here",
            ("unknown-status",),
        ),
    ),
    Rule(
        "AWS creates it for too long: nothing else can be done",
        creating_too_long,
        lambda context: Wait(reasons.why_creation_lasts(context)),
    ),
    Rule(
        "AWS is at work on it: nothing can be done",
        its.moving,
        lambda context: Wait(f"SageMaker reports {context.endpoint.status}"),
    ),
    Rule(
        "wanted, absent, and someone else deleted it a moment ago",
        lambda context: its.awake(context) and grace_ends(context) is not None,
        lambda context: Wait(reasons.why_grace(context)),
    ),
    Rule(
        "wanted, absent, and nothing says what to create",
        all_of(its.awake, its.absent, lambda context: config_to_create(context) is None),
        lambda _: Blocked(
            "nothing was ever saved of it, and the file pins no `config` to create it from",
            ("nothing-to-create",),
        ),
    ),
    Rule(
        "wanted, absent, and a quota is in the way",
        all_of(its.awake, its.absent, stopped_by_quota),
        lambda context: Blocked(reasons.why_stopped_by_quota(context), ("quota",)),
    ),
    Rule(
        "wanted, absent, and AWS refused each creation a moment ago",
        all_of(its.awake, its.absent, stopped_by_refusals),
        lambda context: Blocked(reasons.why_stopped_by_refusals(context), ("creation-refused",)),
    ),
    Rule(
        "wanted, absent, and the last creation failed a moment ago",
        all_of(its.awake, its.absent, pausing),
        lambda context: Wait(reasons.why_pausing(context)),
    ),
    Rule("wanted and absent", all_of(its.awake, its.absent), _create),
    Rule(
        "not wanted any more before a creation succeeded: the next wake begins anew",
        all_of(its.absent, its.creation_unfinished),
        lambda context: ResetRetries(context.desired.reason),
    ),
    Rule("not wanted and absent", its.absent, lambda context: NoAction(context.desired.reason)),
    Rule(
        "failed, and not saved yet",
        all_of(its.failed, none_of(its.saved)),
        lambda _: TakeSnapshot("it failed and must be deleted; it is not saved as it is now"),
    ),
    Rule("failed: only a delete frees the name", its.failed, _delete),
    Rule(
        "wanted again before it was deleted",
        lambda context: its.awake(context) and (its.ending(context) or its.draining(context)),
        lambda context: EndDrain(context.desired.reason),
    ),
    Rule(
        "there, but not serving",
        all_of(its.awake, its.out_of_service),
        lambda _: Blocked(
            "it is OutOfService: only an update or a delete by hand helps", ("out-of-service",)
        ),
    ),
    Rule(
        "wanted, and what is to be put back names things of others",
        all_of(its.awake, its.restore_pending, its.snapshot_not_own),
        lambda s: Blocked(reasons.why_not_restored(s), ("foreign-snapshot",)),
    ),
    Rule(
        "wanted, and a restore that lasts was tried last: the scaling of the file has its turn",
        all_of(its.awake, its.scaling_turn),
        _apply_scaling,
    ),
    Rule(
        "wanted, and what was saved is not verified to be back",
        all_of(its.awake, its.restore_pending),
        restore_step,
    ),
    Rule(
        "wanted and there, and its scaling is not what the file asks for",
        all_of(its.awake, its.scaling_due),
        _apply_scaling,
    ),
    Rule("wanted and there", its.awake, lambda context: NoAction(reasons.why_left_alone(context))),
    Rule(
        "not wanted, and not saved since the steps towards its delete began",
        none_of(its.saved),
        lambda context: TakeSnapshot(
            f"{context.desired.reason}; saved before draining changes anything"
        ),
    ),
    Rule(
        "not wanted and saved: scaling is suspended",
        none_of(its.draining),
        lambda context: BeginDrain(context.desired.reason),
    ),
    Rule("not wanted, saved and draining", lambda _: True, _delete),
)

"""May a planned step be taken, with what is known only once it is planned?

Each planned step towards a delete, and each that applies scaling, comes here with facts that were
read for it alone. The first rule that applies returns the step itself, or what is done instead.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from lowtide.domain.lifecycle import predicates as its
from lowtide.domain.lifecycle import reasons
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Delete,
    EndDrain,
    Restore,
    TowardsDelete,
    Wait,
)
from lowtide.domain.lifecycle.blockers import Blocker, blocked_by, left_alone, not_tagged
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.delete_blockers import delete_blockers
from lowtide.domain.lifecycle.facts import DeletionFacts, ScalingFacts
from lowtide.domain.lifecycle.plan import restore_step
from lowtide.domain.lifecycle.rules import Rule, all_of, first_that_applies
from lowtide.domain.lifecycle.scaling_blockers import scaling_blockers
from lowtide.domain.snapshot import not_own


@dataclass(frozen=True, slots=True)
class DeletionStep:
    step: TowardsDelete
    context: Context
    facts: DeletionFacts


@dataclass(frozen=True, slots=True)
class ScalingStep:
    step: ApplyScaling
    context: Context
    facts: ScalingFacts


def approve_deletion(step: TowardsDelete, context: Context, facts: DeletionFacts) -> Action:
    deletion = DeletionStep(step, context, facts)
    return first_that_applies(DELETION_RULES, deletion).action(deletion)


def approve_scaling(step: ApplyScaling, context: Context, facts: ScalingFacts) -> Action:
    scaling = ScalingStep(step, context, facts)
    return first_that_applies(SCALING_RULES, scaling).action(scaling)


def approve_restore(step: Restore, context: Context, tags: Mapping[str, str]) -> Action:
    """An endpoint that was created again by someone else may lack the tag. Its scaling could not be
    restored: RegisterScalableTarget needs a right that the role has by the tag."""
    blockers = left_alone(context, tags)
    return blocked_by(blockers) if blockers else step


def approve_end_of_drain(step: EndDrain, context: Context, tags: Mapping[str, str]) -> Action:
    """A writer of the table could have made up the drain: an endpoint whose scaling Lowtide really
    suspended has the tag, as none is drained without it."""
    blockers = (*left_alone(context, tags), *_foreign(context))
    if not blockers:
        return step
    blocked = blocked_by(blockers)
    return replace(blocked, reason=f"its scaling is not resumed: {blocked.reason}")


def _foreign(context: Context) -> Iterator[Blocker]:
    """Saved alarms and the resource policy are no matter: resuming changes none, and scaling must
    not stay suspended for what a person added during the drain."""
    if saved := context.record.snapshot:
        scaling = replace(saved.scaling, alarms=())
        resumed = replace(saved, scaling=scaling, resource_policy="")
        endpoint = context.endpoint
        if foreign := not_own(resumed, endpoint.name, endpoint.account):
            what = f"its snapshot names things of others: {'; '.join(foreign)}"
            yield Blocker("foreign-snapshot", what)


def _is(condition: Callable[[Context], bool]) -> Callable[[DeletionStep], bool]:
    return lambda d: condition(d.context)


def _harmful(d: DeletionStep) -> bool:
    return bool(delete_blockers(d.context, d.facts))


def _blocked(d: DeletionStep) -> Action:
    blocked = blocked_by(delete_blockers(d.context, d.facts))
    return replace(blocked, reason=f"{blocked.reason}{reasons.still_suspended(d.context)}")


def _kept_by_streams(d: DeletionStep) -> bool:
    return its.kept_by_streams(d.context, d.facts.streams)


DELETION_RULES: tuple[Rule[DeletionStep], ...] = (
    Rule(
        "failed, and deleting it could do harm",
        all_of(_is(its.failed), _harmful),
        lambda d: blocked_by(delete_blockers(d.context, d.facts)),
    ),
    Rule("failed, and it can be created again", _is(its.failed), lambda d: d.step),
    Rule(
        "blocked until its deadline: it serves on, so its scaling must not stay suspended",
        all_of(  # the tag gives the right to resume it
            _harmful,
            lambda d: not list(not_tagged(d.facts.tags, d.context.stack)),
            _is(its.past_deadline),
        ),
        lambda d: EndDrain(blocked_by(delete_blockers(d.context, d.facts)).reason),
    ),
    Rule("not wanted, but deleting it could do harm", _harmful, _blocked),
    Rule(
        "to be saved, or to begin its drain",
        lambda d: not isinstance(d.step, Delete),
        lambda d: d.step,
    ),
    Rule(
        "streams may be open that its drain never saw",
        lambda d: its.drain_missed(d.context, d.facts.streams),
        lambda d: BeginDrain(
            f"{d.context.desired.reason}; its drain was not ended in time: it begins anew"
        ),
    ),
    Rule(
        "streams may be open, and scaling is not suspended yet",
        all_of(_kept_by_streams, lambda d: not its.suspended(d.context)),
        lambda d: BeginDrain(d.context.desired.reason, its.draining_since(d.context)),
    ),
    Rule(
        "streams may be open",
        _kept_by_streams,
        lambda d: Wait(reasons.why_kept_by_streams(d.context, d.facts.streams)),
    ),
    Rule(
        "drained and saved",
        lambda _: True,
        lambda d: replace(
            d.step, reason=f"{d.step.reason}; {reasons.how_drained(d.context, d.facts.streams)}"
        ),
    ),
)


def _unknown_load(s: ScalingStep) -> bool:
    return bool(scaling_blockers(s.context, s.facts))


def _blocked_scaling(s: ScalingStep) -> Action:
    blocked = blocked_by(scaling_blockers(s.context, s.facts))
    return replace(blocked, reason=f"its scaling is left as it is: {blocked.reason}")


SCALING_RULES: tuple[Rule[ScalingStep], ...] = (
    Rule(
        "not tagged: it is left alone",
        lambda s: bool(left_alone(s.context, s.facts.tags)),
        lambda s: blocked_by(left_alone(s.context, s.facts.tags)),
    ),
    Rule(
        "its turn is given back to a restore, as the scaling of the file would rest on a guess",
        lambda s: its.restore_pending(s.context) and _unknown_load(s),
        lambda s: restore_step(s.context),
    ),
    Rule("the scaling of the file would rest on a guess", _unknown_load, _blocked_scaling),
    Rule("its load is known", lambda _: True, lambda s: s.step),
)

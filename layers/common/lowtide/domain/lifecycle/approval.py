"""May a planned step be taken, with what is known only once it is planned?

Each planned step towards a delete, each restore and each step that applies scaling comes here with
facts that were read for it alone. What is returned is the step itself, or what is done instead.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lowtide.domain.lifecycle import predicates as its
from lowtide.domain.lifecycle import reasons
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Blocked,
    Delete,
    EndDrain,
    Restore,
    TowardsDelete,
    Wait,
)
from lowtide.domain.lifecycle.blockers import (
    Blocker,
    blocked_by,
    delete_blockers,
    left_alone,
    not_tagged,
    scaling_blockers,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.facts import DeletionFacts, ScalingFacts
from lowtide.domain.lifecycle.plan import restore_step
from lowtide.domain.load import MissingReading
from lowtide.domain.snapshot import not_own


def approve_deletion(step: TowardsDelete, context: Context, facts: DeletionFacts) -> Action:
    """A failed endpoint has no streams that a drain would wait for."""
    if blockers := delete_blockers(context, facts):
        return _instead_of_deletion(blocked_by(blockers), context, facts)
    if its.failed(context) or not isinstance(step, Delete):
        return step
    return _after_its_drain(step, context, facts.streams)


def _instead_of_deletion(blocked: Blocked, context: Context, facts: DeletionFacts) -> Action:
    """Past its deadline an endpoint serves on, so its scaling must not stay suspended; the tag
    gives the right to resume it."""
    if its.failed(context):
        return blocked
    if its.past_deadline(context) and not any(not_tagged(facts.tags, context.stack)):
        return EndDrain(blocked.reason)
    return replace(blocked, reason=f"{blocked.reason}{reasons.still_suspended(context)}")


def _after_its_drain(step: Delete, context: Context, streams: float | MissingReading) -> Action:
    why = context.desired.reason
    if its.drain_missed(context, streams):
        return BeginDrain(f"{why}; its drain was not ended in time: it begins anew")
    if not its.kept_by_streams(context, streams):
        return replace(step, reason=f"{step.reason}; {reasons.how_drained(context, streams)}")
    if its.suspended(context):
        return Wait(reasons.why_kept_by_streams(context, streams))
    return BeginDrain(why, its.draining_since(context))


def approve_scaling(step: ApplyScaling, context: Context, facts: ScalingFacts) -> Action:
    """Where the load is not known, the scaling of the file would rest on a guess: its turn is given
    back to a restore, if one lasts."""
    if untagged := left_alone(context, facts.tags):
        return blocked_by(untagged)
    unknown_load = scaling_blockers(context, facts)
    if not unknown_load:
        return step
    if its.restore_pending(context):
        return restore_step(context)
    blocked = blocked_by(unknown_load)
    return replace(blocked, reason=f"its scaling is left as it is: {blocked.reason}")


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

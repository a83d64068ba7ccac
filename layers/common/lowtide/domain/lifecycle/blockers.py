"""Why a step must not be taken, and what a blocked step says.

An endpoint's status blocks no delete: where SageMaker deletes none, AWS is at work, and that is
waited for.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from lowtide.domain.endpoint import CLOUDFORMATION_TAG, STACK_TAG, Kind
from lowtide.domain.lifecycle.actions import Blocked, BlockerCode
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.facts import DeletionFacts, Rights, ScalingFacts
from lowtide.domain.lifecycle.predicates import failed

# Several variants, data capture and a VPC are no hindrance: their configuration has them.
_UNSUPPORTED: Mapping[Kind, str] = {
    Kind.SERVERLESS: "it is serverless: it costs nothing while idle, and needs no sleep",
    Kind.ASYNCHRONOUS: "it is asynchronous: Application Auto Scaling can take it to zero by itself",
    Kind.COMPONENTS: "it hosts inference components: they would be lost, and can scale to zero",
    Kind.SHADOWED: "it has a shadow variant: a shadow test would end with it",
}
_UNSCALED: Mapping[Kind, str] = {
    Kind.SERVERLESS: "it is serverless and has no instances",
    Kind.ASYNCHRONOUS: "it is asynchronous and scales by its backlog",
    Kind.COMPONENTS: "it hosts inference components, which scale by their copies",
}


@dataclass(frozen=True, slots=True)
class Blocker:
    """`code` is what blockers are counted by; the reason may name names."""

    code: BlockerCode
    reason: str


def blocked_by(blockers: Collection[Blocker]) -> Blocked:
    """All their reasons in one; each code once."""
    codes = tuple(dict.fromkeys(blocker.code for blocker in blockers))
    return Blocked("; ".join(blocker.reason for blocker in blockers), codes)


def left_alone(context: Context, tags: Mapping[str, str]) -> tuple[Blocker, ...]:
    """Why an endpoint in service is neither restored nor scaled; empty where it may be. The same
    words for both, so that they are entered in the history once."""
    return tuple(
        replace(blocker, reason=f"{blocker.reason}, and is left alone until it does")
        for blocker in not_tagged(tags, context.stack)
    )


def not_tagged(tags: Mapping[str, str], stack: str) -> Iterator[Blocker]:
    """IAM lets a stack's role change only what carries the stack's tag."""
    if tags.get(STACK_TAG) != stack:
        yield Blocker("not-tagged", f"it does not carry the tag {STACK_TAG}={stack}")


def delete_blockers(context: Context, facts: DeletionFacts) -> tuple[Blocker, ...]:
    """Everything that speaks against a delete; empty where nothing does."""
    return (
        *not_tagged(facts.tags, context.stack),
        *_of_cloudformation(context, facts.tags),
        *(Blocker(kind, _UNSUPPORTED[kind]) for kind in sorted(facts.kinds)),
        *_missing(facts.missing, facts.rights.missing),
        *_rights(context, facts.rights),
    )


def _of_cloudformation(context: Context, tags: Mapping[str, str]) -> Iterator[Blocker]:
    owner = tags.get(CLOUDFORMATION_TAG)
    if owner is not None and not context.managed.delete_cloudformation_owned:
        yield Blocker(
            "cloudformation",
            f"it belongs to the CloudFormation stack {owner}, and its entry does not say "
            "`delete_cloudformation_owned: true`",
        )


def _missing(by_config: Mapping[str, tuple[str, ...]], keys: tuple[str, ...]) -> Iterator[Blocker]:
    """Nothing where any of the configurations is complete and no KMS key is missing; else what
    lacks in the best of them, and the keys."""
    least: tuple[str, ...] = ()
    if all(by_config.values()):
        least = min(by_config.values(), key=lambda missing: len(missing))
    if what := ", ".join((*least, *keys)):
        yield Blocker("missing", f"it could not be created again: {what} is missing")


def _rights(context: Context, rights: Rights) -> Iterator[Blocker]:
    """A failed endpoint serves no requests: rights that IAM did not tell do not keep its name
    taken."""
    if rights.denied:
        what = ", ".join(rights.denied)
        yield Blocker("denied", f"it could not be restored: the reconciler's role lacks {what}")
    if rights.unknown and not failed(context):
        why = f"it is not known whether it could be restored: {rights.unknown}"
        yield Blocker("rights-unknown", why)


def scaling_blockers(context: Context, facts: ScalingFacts) -> tuple[Blocker, ...]:
    """Why the scaling of the file cannot be applied: the load would be a guess."""
    unscaled = sorted(facts.kinds & _UNSCALED.keys())
    return tuple(Blocker(kind, _UNSCALED[kind]) for kind in unscaled) or tuple(
        _unknown_load(context, facts)
    )


def _unknown_load(context: Context, facts: ScalingFacts) -> Iterator[Blocker]:
    scaling = context.managed.scaling
    if scaling is None or scaling.policy is None:
        return
    if facts.types is None:
        config = context.endpoint.config_name
        yield Blocker("missing", f"its configuration {config} is gone, which names its types")
        return
    live = (pool.instance_type for v in context.endpoint.variants for pool in v.pools)
    configured = (kind for types in facts.types.values() for kind in types)
    known = context.managed.metering.capacities.by_type if context.managed.metering else {}
    lacking = dict.fromkeys(kind for kind in (*configured, *live) if kind not in known)
    if lacking:
        yield Blocker("no-capacity", f"scaling.capacity lacks instance type {', '.join(lacking)}")

"""Why an endpoint must not be deleted, nor drained towards it.

Its status is no reason: where SageMaker deletes none, AWS is at work, and that is waited for.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from lowtide.domain.endpoint.observed import CLOUDFORMATION_TAG, STACK_TAG, Kind
from lowtide.domain.lifecycle.actions import RefusalKind, Refuse
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.predicates import failed, ours


@dataclass(frozen=True, slots=True)
class Refusal:
    """`kind` is what refusals are counted by; the reason may name names."""

    kind: RefusalKind
    reason: str


_TOO_MANY: tuple[RefusalKind, ...] = ("too-many-deletions",)
# Several variants, data capture, a VPC and KMS keys are no hindrance: their configuration has them.
_UNSUPPORTED: Mapping[Kind, str] = {
    Kind.SERVERLESS: "it is serverless: it costs nothing while idle, and needs no sleep",
    Kind.ASYNCHRONOUS: "it is asynchronous: Application Auto Scaling can take it to zero by itself",
    Kind.COMPONENTS: "it hosts inference components: they would be lost, and can scale to zero",
    Kind.SHADOWED: "it has a shadow variant: a shadow test would end with it",
}


def refusals(context: Context) -> tuple[str, ...]:
    """Each in plain words; empty where nothing speaks against it."""
    return tuple(refusal.reason for refusal in found(context))


def refuse(context: Context) -> Refuse:
    return all_of(found(context))


def all_of(several: Collection[Refusal]) -> Refuse:
    """What they say, in one refusal; each kind once."""
    kinds = tuple(dict.fromkeys(refusal.kind for refusal in several))
    return Refuse("; ".join(refusal.reason for refusal in several), kinds)


def found(context: Context) -> tuple[Refusal, ...]:
    return tuple(refusal for check in _CHECKS for refusal in check(context))


def too_many(limit: int) -> Refuse:
    """No situation tells this one, only the count of the minute; the next minute lifts it."""
    return Refuse(
        f"{limit} deletes of endpoints in service were begun this minute, the most that "
        "DeletionsPerMinute allows",
        _TOO_MANY,
    )


def others_first(limit: int) -> Refuse:
    """For one minute after one in which the limit was reached."""
    return Refuse(
        f"its last delete did not succeed, and others may need the next of the {limit} a minute "
        "that DeletionsPerMinute allows",
        _TOO_MANY,
    )


def not_ours(s: Context) -> Iterable[Refusal]:
    if not ours(s):
        yield Refusal("not-tagged", f"it does not carry the tag {STACK_TAG}={s.stack}")


def _cloudformations(s: Context) -> Iterable[Refusal]:
    owner = s.endpoint.tags.get(CLOUDFORMATION_TAG)
    if owner is not None and not s.managed.delete_cloudformation_owned:
        yield Refusal(
            "cloudformation",
            f"it belongs to the CloudFormation stack {owner}, and its entry does not say "
            "`delete_cloudformation_owned: true`",
        )


def _unsupported(s: Context) -> Iterable[Refusal]:
    return (Refusal(kind, _UNSUPPORTED[kind]) for kind in sorted(s.endpoint.kinds))


def _missing(s: Context) -> Iterable[Refusal]:
    if s.missing:
        what = ", ".join(s.missing)
        yield Refusal("missing", f"it could not be created again: {what} is missing")


def _rights(s: Context) -> Iterable[Refusal]:
    """One that failed serves nobody: IAM's silence is no reason to leave its name taken."""
    if s.rights.denied:
        what = ", ".join(s.rights.denied)
        yield Refusal("denied", f"it could not be put back: the reconciler's role lacks {what}")
    if s.rights.unknown and not failed(s):
        yield Refusal(
            "rights-unknown",
            f"nobody can say whether it could be put back: {s.rights.unknown}",
        )


_CHECKS: tuple[Callable[[Context], Iterable[Refusal]], ...] = (
    not_ours,
    _cloudformations,
    _unsupported,
    _missing,
    _rights,
)

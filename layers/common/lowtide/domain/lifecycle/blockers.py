"""Why a step must not be taken, and what a blocked step says."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from lowtide.domain.endpoint import STACK_TAG
from lowtide.domain.lifecycle.actions import Blocked, BlockerCode
from lowtide.domain.lifecycle.context import Context


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


def not_tagged(tags: Mapping[str, str], stack: str) -> Iterable[Blocker]:
    """IAM lets a stack's role change only what carries the stack's tag."""
    if tags.get(STACK_TAG) != stack:
        yield Blocker("not-tagged", f"it does not carry the tag {STACK_TAG}={stack}")

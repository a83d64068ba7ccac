"""Why the scaling of the file cannot be put on an endpoint: its load would be a guess."""

from collections.abc import Callable, Iterable, Mapping

from lowtide.domain.actions import Refuse
from lowtide.domain.conditions import ours
from lowtide.domain.endpoints import STACK_TAG, Kind
from lowtide.domain.refusals import Refusal
from lowtide.domain.situation import Situation

_UNSCALED: Mapping[Kind, str] = {
    Kind.SERVERLESS: "it is serverless and has no instances",
    Kind.ASYNCHRONOUS: "it is asynchronous and scales by its backlog",
    Kind.COMPONENTS: "it hosts inference components, which scale by their copies",
}


def scaling_refusals(s: Situation) -> tuple[Refusal, ...]:
    return tuple(refusal for check in _CHECKS for refusal in check(s))


def refuse_scaling(s: Situation) -> Refuse:
    """All of them at once."""
    found = scaling_refusals(s)
    reasons = "; ".join(refusal.reason for refusal in found)
    kinds = tuple(dict.fromkeys(refusal.kind for refusal in found))
    return Refuse(f"its scaling is left as it is: {reasons}", kinds)


def _not_ours(s: Situation) -> Iterable[Refusal]:
    if not ours(s):
        yield Refusal("not-tagged", f"it does not carry the tag {STACK_TAG}={s.stack}")


def _unscaled(s: Situation) -> Iterable[Refusal]:
    kinds = sorted(s.endpoint.kinds & _UNSCALED.keys())
    return (Refusal(kind, _UNSCALED[kind]) for kind in kinds)


def _unknown_load(s: Situation) -> Iterable[Refusal]:
    scaling = s.managed.scaling
    if scaling is None or scaling.policy is None or s.endpoint.kinds & _UNSCALED.keys():
        return
    if s.types is None:
        config = s.endpoint.config_name
        yield Refusal("missing", f"its configuration {config} is gone, which names its types")
        return
    live = (pool.instance_type for v in s.endpoint.variants for pool in v.pools)
    configured = (kind for types in s.types.values() for kind in types)
    known = s.managed.metering.capacities.by_type if s.managed.metering else {}
    lacking = dict.fromkeys(kind for kind in (*configured, *live) if kind not in known)
    if lacking:
        yield Refusal("no-capacity", f"scaling.capacity has no figure for {', '.join(lacking)}")


_CHECKS: tuple[Callable[[Situation], Iterable[Refusal]], ...] = (
    _not_ours,
    _unscaled,
    _unknown_load,
)

"""Why the scaling of the file cannot be put on an endpoint: its load would be a guess."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from lowtide.domain.endpoint.observed import Kind
from lowtide.domain.lifecycle.actions import Refuse
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.delete_blockers import Refusal, all_of, not_ours

_UNSCALED: Mapping[Kind, str] = {
    Kind.SERVERLESS: "it is serverless and has no instances",
    Kind.ASYNCHRONOUS: "it is asynchronous and scales by its backlog",
    Kind.COMPONENTS: "it hosts inference components, which scale by their copies",
}


def scaling_refusals(s: Context) -> tuple[Refusal, ...]:
    return tuple(refusal for check in _CHECKS for refusal in check(s))


def refuse_scaling(s: Context) -> Refuse:
    refused = all_of(scaling_refusals(s))
    return replace(refused, reason=f"its scaling is left as it is: {refused.reason}")


def _unscaled(s: Context) -> Iterable[Refusal]:
    kinds = sorted(s.endpoint.kinds & _UNSCALED.keys())
    return (Refusal(kind, _UNSCALED[kind]) for kind in kinds)


def _unknown_load(s: Context) -> Iterable[Refusal]:
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


_CHECKS: tuple[Callable[[Context], Iterable[Refusal]], ...] = (
    not_ours,
    _unscaled,
    _unknown_load,
)

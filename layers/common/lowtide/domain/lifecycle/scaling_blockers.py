"""Why the scaling of the file cannot be applied to an endpoint: its load would be a guess."""

from collections.abc import Iterator, Mapping

from lowtide.domain.endpoint import Kind
from lowtide.domain.lifecycle.blockers import Blocker
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.facts import ScalingFacts

_UNSCALED: Mapping[Kind, str] = {
    Kind.SERVERLESS: "it is serverless and has no instances",
    Kind.ASYNCHRONOUS: "it is asynchronous and scales by its backlog",
    Kind.COMPONENTS: "it hosts inference components, which scale by their copies",
}


def scaling_blockers(context: Context, facts: ScalingFacts) -> tuple[Blocker, ...]:
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

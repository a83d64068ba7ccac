"""The facts of a decision: which configurations count for what, each read once."""

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lowtide.domain.endpoint.observed import Endpoint, EndpointConfig, Kind, Status
from lowtide.domain.lifecycle.facts import DeletionFacts, Rights
from lowtide.domain.lifecycle.record import Record
from lowtide.workflows.gather import deletion_facts, scaling_facts
from tests.unit.workflows.fakes import ASLEEP, IN_SERVICE, SAVED, Aws, context, made_up, of

CONFIGS: Mapping[str, EndpointConfig] = {
    "in-use": EndpointConfig("in-use", True, frozenset({Kind.ASYNCHRONOUS}), kms_key="alias/a"),
    "pinned": EndpointConfig("pinned", True, frozenset({Kind.SHADOWED}), kms_key="alias/b"),
    "fallback": EndpointConfig("fallback", True, frozenset({Kind.COMPONENTS}), kms_key="alias/a"),
}
FAILED = of(Status.FAILED)


class Configs(Aws):
    def config(self, name: str) -> EndpointConfig:
        self.did.append(name)
        return CONFIGS.get(name, EndpointConfig(name))

    def missing_for(self, config: EndpointConfig) -> tuple[str, ...]:
        return () if config.exists else (config.name,)


def facts(endpoint: Endpoint, **file: Any) -> tuple[DeletionFacts, list[str]]:
    """The facts of a deletion, and the configurations that were read."""
    here = made_up(Configs(endpoint))
    asked = SimpleNamespace(rights=lambda _arn, _now, keys, _policy: Rights(missing=tuple(keys)))
    given = context(ASLEEP, Record(SAVED), endpoint)
    given = replace(given, managed=replace(given.managed, **file))
    return deletion_facts(given, replace(here.services, rights=cast("Any", asked))), here.aws.did


@pytest.mark.parametrize(
    ("endpoint", "config_name", "kinds", "missing"),
    [
        pytest.param(IN_SERVICE, None, {Kind.ASYNCHRONOUS}, ["in-use"], id="the one in use"),
        pytest.param(
            IN_SERVICE, "pinned", {Kind.ASYNCHRONOUS, Kind.SHADOWED}, ["pinned"], id="a pinned one"
        ),
        pytest.param(
            FAILED, "pinned", {Kind.ASYNCHRONOUS, Kind.SHADOWED}, ["pinned", "fallback", "gone"],
            id="of a failed endpoint any of the file's",
        ),
    ],
)  # fmt: skip
def test_the_configurations_that_must_be_complete(
    endpoint: Endpoint, config_name: str | None, kinds: set[Kind], missing: list[str]
) -> None:
    found, read = facts(endpoint, config_name=config_name, fallback_configs=("fallback", "gone"))
    assert found.kinds == kinds
    assert found.missing == {name: () if name in CONFIGS else (name,) for name in missing}
    assert found.rights.missing == (("alias/a", "alias/b") if config_name else ("alias/a",))
    assert sorted(read) == sorted({"in-use", "fallback", "gone", *([config_name or "in-use"])})


@pytest.mark.parametrize(("name", "exists"), [("in-use", True), ("gone", False)])
def test_scaling_needs_the_configuration_in_use(name: str, *, exists: bool) -> None:
    here = made_up(Configs(of(Status.IN_SERVICE, config_name=name)))
    found = scaling_facts(context(ASLEEP, Record(SAVED), here.aws.endpoint), here.services)
    assert found.kinds == (CONFIGS[name].kinds if exists else set())
    assert (found.types is not None) == exists
    assert here.aws.did == [name]

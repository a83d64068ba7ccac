"""Weights and counts that a person set differ from those of the configuration."""

from typing import Any

import pytest

from lowtide.domain.snapshot.variant_overrides import (
    counts_to_put,
    merged_variants,
    overrides,
    weights_to_put,
)

TARGETS = ({"ResourceId": "endpoint/e/variant/A"},)


def variant(weight: float = 1.0, count: int = 1, name: str = "A", **fields: Any) -> dict[str, Any]:
    return {
        "VariantName": name,
        "DesiredWeight": weight,
        "DesiredInstanceCount": count,
        "InitialVariantWeight": 1.0,
        "InitialInstanceCount": 1,
    } | fields


SET = {
    "as the configuration gives it": (variant(), (), {}),
    "a weight": (variant(0.2), (), {"DesiredWeight": 0.2}),
    "a weight of nothing is one": (variant(0.0), (), {"DesiredWeight": 0.0}),
    "a count": (variant(count=3), (), {"DesiredInstanceCount": 3}),
    "a count that a scalable target keeps": (variant(count=3), TARGETS, {}),
    "its weight is set": (variant(0.2, 3), TARGETS, {"DesiredWeight": 0.2}),
    "a serverless variant has neither": ({"VariantName": "A"}, (), {}),
    "a configuration that is gone: nothing is taken for granted": (
        {"VariantName": "A", "DesiredWeight": 1.0}, (), {"DesiredWeight": 1.0},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("found", "targets", "weights"), SET.values(), ids=SET)
def test_what_a_person_set(found: Any, targets: Any, weights: dict[str, float]) -> None:
    expected = ({"VariantName": "A", **weights},) if weights else ()
    assert overrides((found,), targets) == expected


@pytest.mark.parametrize(
    ("saved", "live", "put"),
    [
        pytest.param(variant(0.2), variant(), 0.2, id="a new endpoint has the configuration's"),
        pytest.param(variant(), variant(), None, id="which no one had changed"),
        pytest.param(variant(0.2), variant(0.2), None, id="restored already"),
        pytest.param(variant(0.2), variant(0.5), None, id="set anew by a person meanwhile"),
        pytest.param(
            variant(0.2), variant(0.5, InitialVariantWeight=0.5), 0.2,
            id="another configuration gives another",
        ),
        pytest.param(
            variant(0.2), variant(0.2, InitialVariantWeight=0.2), None,
            id="another configuration gives the very one that was set",
        ),
        pytest.param(
            variant(), variant(0.5, InitialVariantWeight=0.5), None,
            id="a weight that no one set is the new configuration's business",
        ),
        pytest.param(variant(0.2), variant(name="B"), None, id="the variant is no more"),
        pytest.param(variant(0.2), {"VariantName": "A"}, None, id="it has no weight"),
    ],
)  # fmt: skip
def test_which_weights_are_put_back(saved: Any, live: Any, put: float | None) -> None:
    expected = ({"VariantName": "A", "DesiredWeight": put},) if put is not None else ()
    assert weights_to_put((saved,), (live,)) == expected


def test_a_count_set_by_hand_comes_back_where_no_scalable_target_decides() -> None:
    saved, live = (variant(count=3),), (variant(),)
    assert counts_to_put(saved, live, ()) == ({"VariantName": "A", "DesiredInstanceCount": 3},)
    assert counts_to_put(saved, live, TARGETS) == ()


@pytest.mark.parametrize(
    ("live", "merged"),
    [
        pytest.param((), (variant(0.2, 3),), id="a failed endpoint shows none"),
        pytest.param((variant(),), (variant(0.2, 3),), id="not restored yet"),
        pytest.param((variant(0.5),), (variant(0.5, 3),), id="set by a person meanwhile"),
        pytest.param(
            (variant(name="B"),), (variant(name="B"), variant(0.2, 3)), id="a new variant beside it"
        ),
    ],
)
def test_of_a_half_restored_endpoint_what_was_set_before_stands(live: Any, merged: Any) -> None:
    assert merged_variants(live, (variant(0.2, 3),)) == merged

"""The weight and the count of each variant, beside those that the configuration gives.

A document has the names of UpdateEndpointWeightsAndCapacities (`DesiredWeight`,
`DesiredInstanceCount`) and of the configuration (`InitialVariantWeight`, `InitialInstanceCount`).
A new endpoint has the configuration's: a weight that differs was set by somebody since.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

type Document = Mapping[str, Any]
type Documents = tuple[Document, ...]

type Given = tuple[str, str]  # what is wished now, and what the configuration gave

_WEIGHT = ("DesiredWeight", "InitialVariantWeight")
_COUNT = ("DesiredInstanceCount", "InitialInstanceCount")


def set_by_people(variants: Documents, targets: Documents) -> Documents:
    """What is away from the configuration. A scalable target moves its variant's count: nobody
    set that."""
    found = ((v, (_WEIGHT,) if _is_scaled(v, targets) else (_WEIGHT, _COUNT)) for v in variants)
    kept = (
        (v, {now: v[now] for now, first in pairs if _is_set(v, (now, first))}) for v, pairs in found
    )
    return tuple({"VariantName": v["VariantName"], **values} for v, values in kept if values)


def weights_to_put(saved: Documents, live: Documents) -> Documents:
    """Those that were set, and on the new endpoint are still the configuration's."""
    return tuple(_to_put(_WEIGHT, saved, live))


def counts_to_put(saved: Documents, live: Documents, targets: Documents) -> Documents:
    """As with weights; a scalable target brings its variant's count into its range by itself."""
    return tuple(_to_put(_COUNT, (v for v in saved if not _is_scaled(v, targets)), live))


def merged_variants(live: Documents, saved: Documents) -> Documents:
    """A live variant that nobody touched may not have got back yet what was set on it before."""
    before = {v["VariantName"]: v for v in saved}
    names = {v["VariantName"] for v in live}
    kept = (_merged(v, before.get(v["VariantName"], {})) for v in live)
    return (*kept, *(v for v in saved if v["VariantName"] not in names))


def _merged(live: Document, saved: Document) -> Document:
    owed = (g for g in (_WEIGHT, _COUNT) if _is_set(saved, g) and not _is_set(live, g))
    return {**live, **{now: saved[now] for now, _ in owed}}


def _to_put(given: Given, saved: Iterable[Document], live: Documents) -> Iterator[Document]:
    now, _ = given
    present = {v["VariantName"]: v for v in live}
    for variant in saved:
        name = variant["VariantName"]
        found = present.get(name, {})
        untouched = now in found and not _is_set(found, given)
        if untouched and _is_set(variant, given) and found[now] != variant[now]:
            yield {"VariantName": name, now: variant[now]}


def _is_set(variant: Document, given: Given) -> bool:
    now, first = given
    return now in variant and variant[now] != variant.get(first)


def _is_scaled(variant: Document, targets: Documents) -> bool:
    suffix = f"/variant/{variant['VariantName']}"
    return any(str(target["ResourceId"]).endswith(suffix) for target in targets)

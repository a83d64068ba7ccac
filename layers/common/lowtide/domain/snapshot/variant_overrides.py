"""Weights and counts of variants that a person set: they differ from the configuration's.

A saved variant has the field names of UpdateEndpointWeightsAndCapacities (`DesiredWeight`,
`DesiredInstanceCount`) and of the endpoint configuration (`InitialVariantWeight`,
`InitialInstanceCount`). A new endpoint starts with the latter.
"""

from collections.abc import Iterable, Iterator

from lowtide.domain.snapshot.snapshot import Document, Documents

type _Fields = tuple[str, str]  # the desired value, and the configuration's

_WEIGHT: _Fields = ("DesiredWeight", "InitialVariantWeight")
_COUNT: _Fields = ("DesiredInstanceCount", "InitialInstanceCount")
_BOTH = (_WEIGHT, _COUNT)


def overrides(variants: Documents, targets: Documents) -> Documents:
    """The weights and counts that differ from the configuration's. A count that a scalable target
    keeps in its range is no override."""
    found = []
    for variant in variants:
        which = (_WEIGHT,) if _is_scaled(variant, targets) else _BOTH
        values = {f[0]: variant[f[0]] for f in which if _is_override(variant, f)}
        if values:
            found.append({"VariantName": variant["VariantName"], **values})
    return tuple(found)


def weights_to_put(saved: Documents, live: Documents) -> Documents:
    """The weights that were set and are still the configuration's on the new endpoint."""
    return tuple(_to_put(_WEIGHT, saved, live))


def counts_to_put(saved: Documents, live: Documents, targets: Documents) -> Documents:
    """The counts, likewise. Application Auto Scaling brings the count of a scalable target into its
    range by itself."""
    return tuple(_to_put(_COUNT, (v for v in saved if not _is_scaled(v, targets)), live))


def merged_variants(live: Documents, saved: Documents) -> Documents:
    """`live`, with the overrides of `saved` that it may not have back yet, and the variants that
    only `saved` has."""
    before = {v["VariantName"]: v for v in saved}
    names = {v["VariantName"] for v in live}
    merged = (_merged(v, before.get(v["VariantName"], {})) for v in live)
    return (*merged, *(v for v in saved if v["VariantName"] not in names))


def _merged(live: Document, saved: Document) -> Document:
    missing = (f for f in _BOTH if _is_override(saved, f) and not _is_override(live, f))
    return {**live, **{desired: saved[desired] for desired, _ in missing}}


def _to_put(fields: _Fields, saved: Iterable[Document], live: Documents) -> Iterator[Document]:
    desired, _ = fields
    present = {v["VariantName"]: v for v in live}
    for variant in saved:
        name = variant["VariantName"]
        now = present.get(name, {})
        is_untouched = desired in now and not _is_override(now, fields)
        if is_untouched and _is_override(variant, fields) and now[desired] != variant[desired]:
            yield {"VariantName": name, desired: variant[desired]}


def _is_override(variant: Document, fields: _Fields) -> bool:
    desired, initial = fields
    return desired in variant and variant[desired] != variant.get(initial)


def _is_scaled(variant: Document, targets: Documents) -> bool:
    suffix = f"/variant/{variant['VariantName']}"
    return any(str(target["ResourceId"]).endswith(suffix) for target in targets)

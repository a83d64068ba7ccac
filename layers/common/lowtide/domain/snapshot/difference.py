"""Where two snapshots differ, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass

from lowtide.domain.snapshot.snapshot import Snapshot, label, to_content
from lowtide.domain.snapshot.variant_overrides import set_by_people


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it was; `...` stands for a field that is not there."""

    path: str
    saved: object
    live: object

    def __str__(self) -> str:
        return f"{self.path}: was {_shown(self.saved)}, is {_shown(self.live)}"


def differences(saved: Snapshot, live: Snapshot) -> tuple[Difference, ...]:
    """Field by field, whenever each was taken."""
    before, after = fields(saved), fields(live)
    return tuple(
        Difference(path, before.get(path, ...), after.get(path, ...))
        for path in sorted(before.keys() | after.keys())
        if before.get(path, ...) != after.get(path, ...)
    )


def fields(snapshot: Snapshot) -> dict[str, object]:
    """The leaves by path. List entries with a name are told apart by it, not by their place.

    Of the variants only what somebody set: how many instances a scalable target keeps is
    measured, not set.
    """
    content = to_content(snapshot)
    for moments in ("taken_at", "scheduled_until", "newer_ranges"):
        del content[moments]
    targets = snapshot.scaling.targets
    content["variants"] = list(set_by_people(snapshot.variants, targets))
    return dict(_leaves("", content))


def _shown(value: object) -> str:
    return "nothing" if value is ... else repr(value)


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    match value:
        case dict() if value:
            for key, child in value.items():
                yield from _leaves(f"{path}.{key}" if path else key, child)
        case list() if value:
            for index, child in enumerate(value):
                yield from _leaves(f"{path}[{label(child) or index}]", child)
        case _:
            yield path, value

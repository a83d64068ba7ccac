"""A record as an item of the table: instants as ISO text, durations in whole seconds.

The aliases are the names of attributes that the first release gave them: tables outlive releases.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, StrictBool

from lowtide.adapters.dynamodb.attributes import Attributes, Duration, Instant, Text, Whole
from lowtide.domain.lifecycle import Failure, FailureKind, Failures, Record
from lowtide.domain.scaling import AppliedScaling

type _WholeSeconds = Annotated[
    Duration, PlainSerializer(lambda lasted: round(lasted / timedelta(seconds=1)))
]


class _Failures(Attributes):
    """Release 0.1.0 stored `place`, that of the next configuration, instead of `tried`."""

    at: Instant
    attempt_id: Instant = Field(alias="of")
    kind: FailureKind
    why: Text
    count: Whole
    completed_rounds: Whole = Field(alias="rounds")
    configs: tuple[Text, ...]
    tried: dict[Text, FailureKind] | None = None
    place: Whole = 0

    def value(self) -> Failures:
        return Failures(
            newest=Failure(self.at, self.attempt_id, self.kind, self.why),
            count=self.count,
            completed_rounds=self.completed_rounds,
            configs=self.configs,
            tried=self._tried_before() if self.tried is None else self.tried,
        )

    def _tried_before(self) -> Mapping[str, FailureKind]:
        """It moved on only for two kinds: after others the fallbacks are not tried yet."""
        moved_on = self.kind in (FailureKind.CAPACITY, FailureKind.MISSING)
        tried = self.configs[: self.place or (None if moved_on else 1)]
        return dict.fromkeys(tried, self.kind)


class _Applied(Attributes):
    config_hash: Text = Field(alias="asked")
    endpoint_created_at: Instant | None = Field(alias="to")
    range: tuple[Whole, Whole] | None
    left_out: Text
    variants: tuple[Text, ...] = ()


class _Progress(Attributes):
    """Attributes that have a default were added by later releases."""

    restore_pending: StrictBool
    ending_since: Instant | None = None
    draining_since: Instant | None = None
    suspended: StrictBool = Field(False, alias="held")
    deleting_since: Instant | None = None
    verified_created_at: Instant | None = Field(None, alias="whole")
    restoring_since: Instant | None = None
    restored_last: StrictBool = False
    creating_since: Instant | None = None
    created_for: Instant | None = None
    creations: tuple[_WholeSeconds, ...] = ()


class _Record(_Progress):
    failures: _Failures | None = None
    applied: _Applied | None = None


def record_item(record: Record) -> dict[str, Any]:
    failures, applied = record.failures, record.applied
    return _Progress.of(record) | {
        "failures": _failures_item(failures) if failures else None,
        "applied": _Applied.of(applied) if applied else None,
    }


def _failures_item(failures: Failures) -> dict[str, Any]:
    newest = failures.newest
    return {
        "at": newest.at.isoformat(),
        "of": newest.attempt_id.isoformat(),
        "kind": str(newest.kind),
        "why": newest.why,
        "count": failures.count,
        "rounds": failures.completed_rounds,
        "configs": list(failures.configs),
        "tried": {config: str(kind) for config, kind in failures.tried.items()},
    }


def record_from(item: Mapping[str, Any]) -> Record:
    """Returns the record without the snapshot, which is an item of its own."""
    stored = _Record.read(item)
    failures, applied = stored.failures, stored.applied
    return Record(
        **dict(stored)
        | {
            "failures": failures.value() if failures else None,
            "applied": AppliedScaling(**dict(applied)) if applied else None,
        }
    )

"""A record as an item of the table: instants as ISO text, durations in whole seconds.

The names of attributes are those that the first release gave them: tables outlive releases.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from lowtide.adapters.dynamodb.items import as_text, instant_from
from lowtide.domain.lifecycle import Failure, FailureKind, Failures, Record
from lowtide.domain.scaling import AppliedScaling
from lowtide.domain.snapshot import Snapshot


def record_item(record: Record) -> dict[str, Any]:
    return {
        "restore_pending": record.restore_pending,
        "ending_since": as_text(record.ending_since),
        "draining_since": as_text(record.draining_since),
        "held": record.suspended,
        "deleting_since": as_text(record.deleting_since),
        "whole": as_text(record.verified_created_at),
        "restoring_since": as_text(record.restoring_since),
        "restored_last": record.restored_last,
        "creating_since": as_text(record.creating_since),
        "created_for": as_text(record.created_for),
        "creations": [round(took.total_seconds()) for took in record.creations],
        "failures": _failures_item(record.failures) if record.failures else None,
        "applied": _applied_item(record.applied) if record.applied else None,
    }


def record_from(item: Mapping[str, Any], snapshot: Snapshot | None) -> Record:
    """The record, also of an item that was written before an attribute was added."""
    failures, applied = item.get("failures"), item.get("applied")
    return Record(
        snapshot=snapshot,
        restore_pending=item.get("restore_pending", False),
        ending_since=instant_from(item.get("ending_since")),
        draining_since=instant_from(item.get("draining_since")),
        suspended=item.get("held", False),
        deleting_since=instant_from(item.get("deleting_since")),
        verified_created_at=instant_from(item.get("whole")),
        restoring_since=instant_from(item.get("restoring_since")),
        restored_last=item.get("restored_last", False),
        creating_since=instant_from(item.get("creating_since")),
        created_for=instant_from(item.get("created_for")),
        creations=tuple(timedelta(seconds=int(took)) for took in item.get("creations", ())),
        failures=_failures_from(failures) if failures else None,
        applied=_applied_from(applied) if applied else None,
    )


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


def _failures_from(item: Mapping[str, Any]) -> Failures:
    configs = tuple(item["configs"])
    newest = Failure(
        at=datetime.fromisoformat(item["at"]),
        attempt_id=datetime.fromisoformat(item["of"]),
        kind=FailureKind(item["kind"]),
        why=item["why"],
    )
    return Failures(
        newest=newest,
        count=int(item["count"]),
        completed_rounds=int(item["rounds"]),
        configs=configs,
        tried={
            config: FailureKind(kind)
            for config, kind in (item.get("tried") or _tried_before(item)).items()
        },
    )


def _tried_before(item: Mapping[str, Any]) -> Mapping[str, str]:
    """Release 0.1.0 stored the place of the next configuration instead of `tried`. It moved on only
    for two kinds: after others the fallbacks are not tried yet."""
    moved_on = item["kind"] in (FailureKind.CAPACITY, FailureKind.MISSING)
    place = int(item["place"]) or (None if moved_on else 1)
    return dict.fromkeys(item["configs"][:place], item["kind"])


def _applied_item(applied: AppliedScaling) -> dict[str, Any]:
    return {
        "asked": applied.config_hash,
        "to": as_text(applied.endpoint_created_at),
        "range": list(applied.range) if applied.range else None,
        "left_out": applied.left_out,
        "variants": list(applied.variants),
    }


def _applied_from(item: Mapping[str, Any]) -> AppliedScaling:
    size = item["range"]
    return AppliedScaling(
        config_hash=item["asked"],
        endpoint_created_at=instant_from(item["to"]),
        range=(int(size[0]), int(size[1])) if size else None,
        left_out=item["left_out"],
        variants=tuple(item.get("variants", ())),
    )

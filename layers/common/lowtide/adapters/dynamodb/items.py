"""The items `now#...` of the table, to and from what the domain calls them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lowtide.adapters.dynamodb.history_item import figures, figures_from
from lowtide.domain.errors import AwsError
from lowtide.domain.lifecycle import Intent, Sleep, Timestamps
from lowtide.domain.schedule import Override, Pause
from lowtide.domain.snapshot import Snapshot, content_hash, from_json

type Item = Mapping[str, Any]


def as_text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def instant_from(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def snapshot_from(item: Item | None) -> Snapshot | None:
    """Raises AwsError where its hash does not match."""
    if item is None:
        return None
    if content_hash(item["text"]) != item["sha256"]:
        msg = f"the snapshot of {item['endpoint']} in the table is damaged: its hash does not match"
        raise AwsError(msg)
    return from_json(item["text"])


def override_item(override: Override) -> dict[str, Any]:
    return {
        "awake": override.awake,
        "until": override.until.isoformat(),
        "reason": override.reason,
        "by": override.by,
    }


def override_from(item: Item | None) -> Override | None:
    if item is None:
        return None
    until = datetime.fromisoformat(item["until"])
    return Override(item["awake"], until, item["reason"], item["by"])


def pause_item(pause: Pause) -> dict[str, Any]:
    return {"since": pause.since.isoformat(), "reason": pause.reason, "by": pause.by}


def pause_from(item: Item | None) -> Pause | None:
    """None also for a pause that has ended: then the item has only its end."""
    if item is None or "since" not in item:
        return None
    return Pause(datetime.fromisoformat(item["since"]), item["reason"], item["by"])


def sleep_item(sleep: Sleep | None) -> dict[str, Any]:
    if sleep is None:
        return {"since": None, "keeps": {}}
    return {"since": sleep.since.isoformat(), "keeps": dict(sleep.instances)}


def sleep_from(item: Item) -> Sleep | None:
    if not item.get("since"):
        return None
    keeps = {kind: int(count) for kind, count in item["keeps"].items()}
    return Sleep(datetime.fromisoformat(item["since"]), keeps)


def timestamps_item(timestamps: Timestamps) -> dict[str, Any]:
    return {
        "due": as_text(timestamps.due),
        "in_service": as_text(timestamps.in_service),
        "absent": as_text(timestamps.absent),
        "by_others": timestamps.by_others,
    }


def timestamps_from(item: Item) -> Timestamps:
    return Timestamps(
        due=instant_from(item.get("due")),
        in_service=instant_from(item.get("in_service")),
        absent=instant_from(item.get("absent")),
        by_others=item.get("by_others", False),
    )


def intent_item(intent: Intent | None) -> dict[str, Any]:
    if intent is None:
        return {"intent": ""}
    return {"intent": f"{intent.step}: {intent.reason}"} | figures(intent)


def intent_from(record: Item) -> Intent | None:
    """Release 0.1.0 stored it without figures, and left it in place when the step was done."""
    step, colon, reason = record.get("intent", "").partition(": ")
    if not colon:
        return None
    return Intent(step, reason, datetime.fromisoformat(record["at"]), **figures_from(record))

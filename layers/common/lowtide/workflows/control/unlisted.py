"""The status of endpoints that the table knows and the file does not list: left as they are."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.domain.endpoint import Status
from lowtide.domain.lifecycle import Context, StoredState, still_suspended
from lowtide.workflows.control.unfinished import unfinished_of_unlisted
from lowtide.workflows.gather import gather_unlisted
from lowtide.workflows.services import Services

_UTC = ZoneInfo("UTC")  # the time zone was in the file, which does not list them any more


def unlisted(name: str, why: str, services: Services, now: datetime) -> dict[str, Any]:
    """Returns what `name` is and what would wake it; `why` it is not listed, in words."""
    stored = services.store.load(name)
    context = gather_unlisted(name, stored, services, now)
    answer = {
        "endpoint": name,
        "status": context.endpoint.status,
        "note": _note(f"{why}: left as it is", stored, context),
        "unfinished": unfinished_of_unlisted(context),
    }
    if paused := stored.paused_at(now):
        answer["paused"] = paused.describe(_UTC)
    if stored.override and now < stored.override.until:
        override = stored.override.describe(_UTC)
        answer["override"] = f"{override}; without effect while the file does not list the endpoint"
    return answer


def _note(left: str, stored: StoredState, context: Context) -> str:
    status = context.endpoint.status
    if status != Status.ABSENT:
        return f"{left}; it is {status}{still_suspended(context)}"
    since = f" since {stored.sleep.since.astimezone(_UTC):%Y-%m-%d %H:%M}Z" if stored.sleep else ""
    snapshot = stored.record.snapshot
    if snapshot is None:
        return f"{left}; asleep{since}, and nothing was saved of it"
    return (
        f"{left}; asleep{since}, saved with configuration {snapshot.config_name}: put it back on "
        f"the list to wake it, or create it by hand from {snapshot.config_name}"
    )

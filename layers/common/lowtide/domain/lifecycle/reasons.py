"""Why a step is taken, or none, in words for the log, the ledger and `status`."""

from lowtide.domain.duration import in_words
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import standing_failures
from lowtide.domain.lifecycle.predicates import (
    deadline,
    failed,
    hold_lasts,
    restore_pending,
    streams_may_be_open,
)
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.snapshot.absent_variants import left_out
from lowtide.domain.wording import clock


def why_paused(s: Context) -> str:
    pause = s.paused
    return f"{pause.describe(s.managed.schedule.timezone)}{still_held(s)}" if pause else ""


def why_released(s: Context) -> str:
    return f"{why_paused(s)}, and is given back"


def still_held(s: Context) -> str:
    return "; its scaling is still held, as it was draining" if hold_lasts(s) else ""


def why_creation_lasts(s: Context) -> str:
    since = s.endpoint.created_at
    lasts = in_words(s.now - since) if since else "unknown time"
    return f"SageMaker has reported Creating for {lasts}: it cannot be deleted before that ends"


def why_stopped(s: Context) -> str:
    return (
        f"{_failed(s)}. Waiting does not help: raise the quota and `wake` or `resume` it, "
        "or name another configuration in the file"
    )


def why_pausing(s: Context) -> str:
    failures = standing_failures(s)
    at = clock(failures.next_try, s.managed.schedule.timezone) if failures else ""
    return f"{_failed(s)}; the next try is at {at}"


def why_created(s: Context) -> str:
    snapshot, pinned = s.record.snapshot, s.managed.config_name
    why = s.desired.reason
    if snapshot and pinned and pinned != snapshot.config_name:
        why = f"{why}; {snapshot.config_name} was in use, the file pins {pinned}"
    return f"{why}; {_failed(s)}" if standing_failures(s) else why


def why_deleted(s: Context) -> str:
    if failed(s):
        return f"{_unended(s.endpoint.failure) or 'it failed'}; the name must be free for a new one"
    return f"{s.desired.reason}; saved; {_cut(s) if streams_may_be_open(s) else 'drained'}"


def why_kept_open(s: Context) -> str:
    if s.now < deadline(s):
        return f"{streams(s)}; the deadline is {in_words(deadline(s) - s.now)} away"
    return f"{streams(s)} past the deadline, and drain.then is stay"


def why_applied(s: Context) -> str:
    if s.managed.scaling is None:
        return "the file keeps no scaling any more"
    if restore_pending(s):
        return "what was saved is not all back; the scaling of the file does not wait for it"
    applied = s.record.applied
    if applied is None or not applied.asked:
        return "in service; the scaling of the file is not proven to be there"
    if applied.to != s.endpoint.created_at:
        return "created again; the scaling of the file is not there yet"
    return "the file, or the configuration in use, has changed since its scaling was put"


def why_rested(s: Context) -> str:
    not_put = s.record.applied.left_out if s.record.applied else ""
    return "; ".join(part for part in (s.desired.reason, not_as_pinned(s), not_put) if part)


def not_as_pinned(s: Context) -> str | None:
    """A pin that changes while the endpoint is awake is taken at the next wake."""
    in_use, pinned = s.endpoint.config_name, s.managed.config_name
    if not in_use or not pinned or in_use == pinned:
        return None
    return f"it runs {in_use}, the file pins {pinned}, which is taken at the next wake"


def of_other_variants(s: Context) -> str | None:
    """What the configuration in use has no place for."""
    saved, variants = s.record.snapshot, [variant.name for variant in s.endpoint.variants]
    if saved is None or not variants:
        return None
    return left_out(saved, s.endpoint.config_name, variants) or None


def streams(s: Context) -> str:
    if isinstance(s.streams, MissingReading):
        return f"streams may be open ({s.streams.reason})"
    return f"{_count(s.streams)} {'is' if _number(s.streams) == 1 else 'are'} open"


def _cut(s: Context) -> str:
    at = f"at the deadline, after {in_words(s.managed.drain.deadline)}"
    if isinstance(s.streams, MissingReading):
        return f"streams may have been open {at} ({s.streams.reason})"
    return f"{_count(s.streams)} open {at}"


def _count(streams: float) -> str:
    number = _number(streams)
    return f"{number} {'stream' if number == 1 else 'streams'}"


def _number(streams: float) -> int:
    """Of a minute's mean: less than half a one is one that began or ended in it."""
    return max(round(streams), 1) if streams else 0


def _failed(s: Context) -> str:
    failures = standing_failures(s)
    if failures is None:
        return ""
    many = "a creation" if failures.count == 1 else f"{failures.count} creations"
    return f"{many} failed: {_unended(failures.newest.why)}"


def _unended(sentence: str) -> str:
    """AWS's words, where ours go on."""
    return sentence.rstrip(".")

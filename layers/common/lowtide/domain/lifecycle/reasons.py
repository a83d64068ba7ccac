"""Why a step is taken, or none, in words for the log, the history and `status`."""

from lowtide.domain.duration import in_words
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import standing_failures
from lowtide.domain.lifecycle.predicates import (
    deadline,
    failed,
    may_be_open,
    restore_pending,
    suspension_lasts,
)
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.snapshot.absent_variants import left_out
from lowtide.domain.snapshot.ownership import not_own
from lowtide.domain.wording import clock

type Streams = float | MissingReading


def why_paused(s: Context) -> str:
    pause = s.paused
    return f"{pause.describe(s.managed.schedule.timezone)}{still_suspended(s)}" if pause else ""


def still_suspended(s: Context) -> str:
    return "; its scaling is still suspended, as it was draining" if suspension_lasts(s) else ""


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
    return f"{s.desired.reason}; saved"


def how_drained(s: Context, streams: Streams) -> str:
    """Whether the delete cuts streams, and which."""
    if not may_be_open(streams):
        return "drained"
    at = f"at the deadline, after {in_words(s.managed.drain.deadline)}"
    if isinstance(streams, MissingReading):
        return f"streams may have been open {at} ({streams.reason})"
    return f"{_count(streams)} open {at}"


def why_kept_by_streams(s: Context, streams: Streams) -> str:
    if isinstance(streams, MissingReading):
        what = f"streams may be open ({streams.reason})"
    else:
        what = f"{_count(streams)} {'is' if _number(streams) == 1 else 'are'} open"
    if s.now < deadline(s):
        return f"{what}; the deadline is {in_words(deadline(s) - s.now)} away"
    return f"{what} past the deadline, and drain.then is stay"


def why_applied(s: Context) -> str:
    if s.managed.scaling is None:
        return "the file has no scaling for it any more"
    if restore_pending(s):
        return "what was saved is not all back; the scaling of the file does not wait for it"
    applied = s.record.applied
    if applied is None or not applied.config_hash:
        return "in service; the scaling of the file is not verified yet"
    if applied.endpoint_created_at != s.endpoint.created_at:
        return "created again; the scaling of the file is not there yet"
    return "the file, or the configuration in use, has changed since its scaling was applied"


def why_not_restored(s: Context) -> str:
    saved = s.record.snapshot
    what = "; ".join(not_own(saved, s.endpoint.name)) if saved else ""
    return f"nothing of its snapshot is put back, as that names things of others: {what}"


def why_left_alone(s: Context) -> str:
    not_put = s.record.applied.left_out if s.record.applied else ""
    return "; ".join(part for part in (s.desired.reason, not_as_pinned(s), not_put) if part)


def not_as_pinned(s: Context) -> str | None:
    """A pin that changes while the endpoint is awake is taken at the next wake."""
    in_use, pinned = s.endpoint.config_name, s.managed.config_name
    if not in_use or not pinned or in_use == pinned:
        return None
    return f"it runs {in_use}, the file pins {pinned}, which is taken at the next wake"


def of_other_variants(s: Context) -> str | None:
    """What is saved of variants that the configuration in use does not have."""
    saved, variants = s.record.snapshot, [variant.name for variant in s.endpoint.variants]
    if saved is None or not variants:
        return None
    return left_out(saved, s.endpoint.config_name, variants) or None


def _count(streams: float) -> str:
    number = _number(streams)
    return f"{number} {'stream' if number == 1 else 'streams'}"


def _number(streams: float) -> int:
    """A whole number for a minute's mean: a stream that began or ended in the minute counts as
    one."""
    return max(round(streams), 1) if streams else 0


def _failed(s: Context) -> str:
    failures = standing_failures(s)
    if failures is None:
        return ""
    many = "a creation" if failures.count == 1 else f"{failures.count} creations"
    return f"{many} failed: {_unended(failures.newest.why)}"


def _unended(sentence: str) -> str:
    """AWS's sentence, to be followed by our own words."""
    return sentence.rstrip(".")

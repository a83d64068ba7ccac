"""Why a step is taken, or none, in words for the log, the history and `status`."""

from lowtide.domain.duration import in_words
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import configs_to_try, standing_failures
from lowtide.domain.lifecycle.lateness import grace_ends
from lowtide.domain.lifecycle.predicates import (
    deadline,
    failed,
    may_be_open,
    restore_pending,
    suspension_lasts,
)
from lowtide.domain.load import MissingReading
from lowtide.domain.snapshot import left_out, not_own
from lowtide.domain.wording import clock

type Streams = float | MissingReading


def why_paused(context: Context) -> str:
    if context.paused is None:
        return ""
    pause = context.paused.describe(context.managed.schedule.timezone)
    return f"{pause}{still_suspended(context)}"


def still_suspended(context: Context) -> str:
    lasts = suspension_lasts(context)
    return "; its scaling is still suspended, as it was draining" if lasts else ""


def why_creation_lasts(context: Context) -> str:
    since = context.endpoint.created_at
    lasts = in_words(context.now - since) if since else "unknown time"
    return f"SageMaker has reported Creating for {lasts}: it cannot be deleted before that ends"


def why_stopped_by_quota(context: Context) -> str:
    return _stopped(context, "every 15 minutes, which helps once the quota is raised")


def why_stopped_by_refusals(context: Context) -> str:
    return _stopped(context, "within 4 minutes, which helps once the cause is gone")


def _stopped(context: Context, tried_again: str) -> str:
    """The same after each try: `blocked` is written down when it changes."""
    failures = standing_failures(context)
    return (
        f"the last creation failed: {_unended(failures.newest.why) if failures else ''}. It is "
        f"tried again {tried_again}. `wake` and `resume` try at once, and so does another "
        "configuration in the file"
    )


def why_grace(context: Context) -> str:
    ends, timezone = grace_ends(context), context.managed.schedule.timezone
    return (
        "it was deleted, and not by Lowtide: a pipeline may be replacing it. If it is still "
        f"absent, it is created at {clock(ends, timezone) if ends else 'once'}; `wake` creates it "
        "at once"
    )


def why_pausing(context: Context) -> str:
    failures, timezone = standing_failures(context), context.managed.schedule.timezone
    at = clock(failures.next_try(configs_to_try(context)), timezone) if failures else ""
    return f"{_failed(context)}; the next try is at {at}"


def why_created(context: Context) -> str:
    snapshot, pinned = context.record.snapshot, context.managed.config_name
    why = context.desired.reason
    if snapshot and pinned and pinned != snapshot.config_name:
        why = f"{why}; {snapshot.config_name} was in use, the file pins {pinned}"
    return f"{why}; {_failed(context)}" if standing_failures(context) else why


def why_deleted(context: Context) -> str:
    if failed(context):
        why = _unended(context.endpoint.failure) or "it failed"
        return f"{why}; the name must be free for a new one"
    return f"{context.desired.reason}; saved"


def how_drained(context: Context, streams: Streams) -> str:
    """Whether the delete cuts streams, and which."""
    if not may_be_open(streams):
        return "drained"
    at = f"at the deadline, after {in_words(context.managed.drain.deadline)}"
    if isinstance(streams, MissingReading):
        return f"streams may have been open {at} ({streams.reason})"
    return f"{_count(streams)} open {at}"


def why_kept_by_streams(context: Context, streams: Streams) -> str:
    if isinstance(streams, MissingReading):
        what = f"streams may be open ({streams.reason})"
    else:
        what = f"{_count(streams)} {'is' if _number(streams) == 1 else 'are'} open"
    if context.now < deadline(context):
        return f"{what}; the deadline is {in_words(deadline(context) - context.now)} away"
    return f"{what} past the deadline, and drain.then is stay"


def why_applied(context: Context) -> str:
    if context.managed.scaling is None:
        return "the file has no scaling for it any more"
    if restore_pending(context):
        return "what was saved is not all back; the scaling of the file does not wait for it"
    applied = context.record.applied
    if applied is None or not applied.config_hash:
        return "in service; the scaling of the file is not verified yet"
    if applied.endpoint_created_at != context.endpoint.created_at:
        return "created again; the scaling of the file is not there yet"
    return "the file, or the configuration in use, has changed since its scaling was applied"


def why_not_restored(context: Context) -> str:
    saved, endpoint = context.record.snapshot, context.endpoint
    what = "; ".join(not_own(saved, endpoint.name, endpoint.account)) if saved else ""
    return f"nothing of its snapshot is restored, as it names things of others: {what}"


def why_left_alone(context: Context) -> str:
    not_put = context.record.applied.left_out if context.record.applied else ""
    return "; ".join(
        part for part in (context.desired.reason, not_as_pinned(context), not_put) if part
    )


def not_as_pinned(context: Context) -> str | None:
    """A pin that changes while the endpoint is awake is taken at the next wake."""
    in_use, pinned = context.endpoint.config_name, context.managed.config_name
    if not in_use or not pinned or in_use == pinned:
        return None
    return f"it runs {in_use}, the file pins {pinned}, which is taken at the next wake"


def of_other_variants(context: Context) -> str | None:
    """What is saved of variants that the configuration in use does not have."""
    saved, variants = context.record.snapshot, [v.name for v in context.endpoint.variants]
    if saved is None or not variants:
        return None
    return left_out(saved, context.endpoint.config_name, variants) or None


def _count(streams: float) -> str:
    number = _number(streams)
    return f"{number} {'stream' if number == 1 else 'streams'}"


def _number(streams: float) -> int:
    """A whole number for a minute's mean: a stream that began or ended in the minute counts as
    one."""
    return max(round(streams), 1) if streams else 0


def _failed(context: Context) -> str:
    failures = standing_failures(context)
    if failures is None:
        return ""
    many = "a creation" if failures.count == 1 else f"{failures.count} creations"
    return f"{many} failed: {_unended(failures.newest.why)}"


def _unended(sentence: str) -> str:
    """AWS's sentence, to be followed by our own words."""
    return sentence.rstrip(".")

"""From which configuration, and when, an absent endpoint is created."""

from collections.abc import Mapping
from datetime import timedelta

from lowtide.domain.endpoint.observed import Status
from lowtide.domain.errors import AbsentError, CapacityError, LowtideError, QuotaError
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.retries import Failure, Failures, Kind, kind_of, with_another

_REFUSALS: Mapping[type[LowtideError], Kind] = {
    CapacityError: Kind.CAPACITY,
    AbsentError: Kind.MISSING,
    QuotaError: Kind.QUOTA,
}


def configs_to_try(s: Context) -> tuple[str, ...]:
    """The pinned configuration, else the one last in use; then the fallbacks of the file."""
    snapshot = s.record.snapshot
    first = s.managed.config_name or (snapshot.config_name if snapshot else None)
    return tuple(dict.fromkeys((*([first] if first else []), *s.managed.fallback_configs)))


def config_to_create(s: Context) -> str | None:
    failures = standing_failures(s)
    return failures.next_config if failures else next(iter(configs_to_try(s)), None)


def standing_failures(s: Context) -> Failures | None:
    """The failures that still count: not those before a person last asked for the endpoint, nor
    those of another list of configurations."""
    failures = s.record.failures
    if failures is None or failures.configs != configs_to_try(s):
        return None
    asked_since = s.asked is not None and s.asked >= failures.newest.at
    return None if asked_since else failures


def stopped_by_quota(s: Context) -> bool:
    failures = standing_failures(s)
    return failures is not None and failures.newest.kind == Kind.QUOTA


def pausing(s: Context) -> bool:
    failures = standing_failures(s)
    return failures is not None and s.now < failures.next_try


def failures_with_this_one(s: Context) -> Failures | None:
    """With the failure of the endpoint that is there now. None where it did not fail, or where no
    configuration is known that could be tried again."""
    endpoint, configs = s.endpoint, configs_to_try(s)
    if endpoint.status != Status.FAILED or not configs:
        return None
    failure = Failure(
        at=endpoint.modified_at or s.now,
        attempt_id=endpoint.created_at or s.now,
        kind=kind_of(endpoint.failure),
        why=endpoint.failure or "SageMaker gives no reason",
    )
    return with_another(standing_failures(s), failure, configs)


def failures_after(error: LowtideError, before: Failures | None, s: Context) -> Failures | None:
    """With a creation that AWS refused at once, which has failed like one that it gives up later.
    An error that says nothing of the configuration, such as a lack of rights, is no failure."""
    kind = _REFUSALS.get(type(error))
    if kind is None:
        return before
    failure = Failure(at=s.now, attempt_id=s.now, kind=kind, why=str(error))
    return with_another(before, failure, configs_to_try(s))


def creating_too_long(s: Context) -> bool:
    since = s.endpoint.created_at
    creating = s.endpoint.status == Status.CREATING
    return creating and since is not None and s.now - since >= s.longest_creation


def took(s: Context) -> timedelta | None:
    """From the first try until now; None where a person asked for the endpoint in between."""
    since = s.record.creating_since
    if since is None or (s.asked is not None and s.asked > since):
        return None
    return s.now - since

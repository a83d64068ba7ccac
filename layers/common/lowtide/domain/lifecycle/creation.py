"""From what, and when, is an absent endpoint created?"""

from datetime import timedelta

from lowtide.domain.endpoint.observed import Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.retries import Failure, Failures, Kind, kind_of, with_another


def configs_to_try(s: Context) -> tuple[str, ...]:
    """The pinned configuration, else the one last in use; then the fallbacks of the file."""
    snapshot = s.record.snapshot
    first = s.managed.config_name or (snapshot.config_name if snapshot else None)
    return tuple(dict.fromkeys((*([first] if first else []), *s.managed.fallback_configs)))


def config_to_create(s: Context) -> str | None:
    failures = standing_failures(s)
    return failures.next_config if failures else next(iter(configs_to_try(s)), None)


def standing_failures(s: Context) -> Failures | None:
    """None count that came before a person asked, or before the file named something else."""
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
    """None where nothing failed, or where nothing is known that could be tried again."""
    endpoint, configs = s.endpoint, configs_to_try(s)
    if endpoint.status != Status.FAILED or not configs:
        return None
    failure = Failure(
        at=endpoint.modified_at or s.now,
        of=endpoint.created_at or s.now,
        kind=kind_of(endpoint.failure),
        why=endpoint.failure or "SageMaker gives no reason",
    )
    return with_another(standing_failures(s), failure, configs)


def creating_too_long(s: Context) -> bool:
    since = s.endpoint.created_at
    creating = s.endpoint.status == Status.CREATING
    return creating and since is not None and s.now - since >= s.longest_creation


def took(s: Context) -> timedelta | None:
    """From the first try until now; None where a person's pause or request lies between."""
    since = s.record.creating_since
    if since is None or (s.asked is not None and s.asked > since):
        return None
    return s.now - since

"""From which configuration, and when, an absent endpoint is created."""

from datetime import timedelta

from lowtide.domain.endpoint import Status
from lowtide.domain.errors import AbsentError, LowtideError
from lowtide.domain.lifecycle.actions import Create
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures, kind_of, with_another


def configs_to_try(context: Context) -> tuple[str, ...]:
    """The pinned configuration, else the one last in use; then the fallbacks of the file."""
    snapshot = context.record.snapshot
    first = context.managed.config_name or (snapshot.config_name if snapshot else None)
    return tuple(dict.fromkeys((*([first] if first else []), *context.managed.fallback_configs)))


def configs_to_recreate(context: Context) -> tuple[str, ...]:
    """The configurations of which one must be complete before the endpoint may be deleted. That of
    a failed endpoint may be why it failed: any of the file's list will do instead, since the
    endpoint serves no requests."""
    in_use = context.endpoint.config_name
    if context.endpoint.status == Status.FAILED:
        return configs_to_try(context) or (in_use,)
    return (context.managed.config_name or in_use,)


def config_to_create(context: Context) -> str | None:
    configs, failures = configs_to_try(context), standing_failures(context)
    if failures and configs:
        return failures.next_config(configs)
    return next(iter(configs), None)


def standing_failures(context: Context) -> Failures | None:
    """The failures that still count: not those before a person last asked for the endpoint."""
    failures, asked = context.record.failures, context.asked
    asked_since = failures is not None and asked is not None and asked >= failures.newest.at
    return None if asked_since else failures


def stopped_by_quota(context: Context) -> bool:
    """Whether a person must raise a quota: until the next try, which is made all the same."""
    failures = standing_failures(context)
    only_quotas = failures is not None and failures.only_quotas(configs_to_try(context))
    return only_quotas and pausing(context)


def stopped_by_refusals(context: Context) -> bool:
    """Whether AWS refused each configuration, as for a lack of rights: until the next try. A wait
    would end the alarm in between."""
    failures = standing_failures(context)
    only_refusals = failures is not None and failures.only_refusals(configs_to_try(context))
    return only_refusals and pausing(context)


def pausing(context: Context) -> bool:
    failures = standing_failures(context)
    return failures is not None and context.now < failures.next_try(configs_to_try(context))


def failures_with_this_one(context: Context) -> Failures | None:
    """With the failure of the endpoint that is there now. None where it did not fail, or where no
    configuration is known that could be tried again."""
    endpoint, configs = context.endpoint, configs_to_try(context)
    config = endpoint.config_name or config_to_create(context)
    if endpoint.status != Status.FAILED or config is None or not configs:
        return None
    failure = Failure(
        at=endpoint.modified_at or context.now,
        attempt_id=endpoint.created_at or context.now,
        kind=kind_of(endpoint.failure),
        why=endpoint.failure or "SageMaker gives no reason",
    )
    return with_another(standing_failures(context), failure, config, configs)


def failures_after(error: LowtideError, step: Create, context: Context) -> Failures:
    """With a creation that AWS refused at once, which has failed like one that it gives up later:
    whatever the reason, the next configuration is tried."""
    kind = FailureKind.MISSING if isinstance(error, AbsentError) else kind_of(str(error))
    kind = FailureKind.REFUSED if kind == FailureKind.OTHER else kind
    failure = Failure(at=context.now, attempt_id=context.now, kind=kind, why=str(error))
    return with_another(step.after, failure, step.config_name, configs_to_try(context))


def creating_too_long(context: Context) -> bool:
    since = context.endpoint.created_at
    creating = context.endpoint.status == Status.CREATING
    return creating and since is not None and context.now - since >= context.longest_creation


def took(context: Context) -> timedelta | None:
    """From the first try until now; None where a person asked for the endpoint in between."""
    since = context.record.creating_since
    if since is None or (context.asked is not None and context.asked > since):
        return None
    return context.now - since

"""What a copy is made of: the configuration, its instances, and what they cost."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide_cli.schedules.costs import HOUR, USD_PER_HOUR, dollars
from lowtide_cli.status.invoke import RequestRefusedError, invoke

type Counts = Mapping[str, int]  # of instances, by type

_OR = "if you know its configuration, name it by --config"


class NothingToRehearseError(Exception):
    """No configuration is known, or it is for a kind of endpoint that Lowtide never deletes."""


class CannotBeCreatedError(Exception):
    """The configuration, or a model of it, is missing."""


@dataclass(frozen=True, slots=True)
class Account:
    """How the endpoint's account is reached, and the stack that manages the endpoint."""

    stack: str
    profile: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Source:
    config_name: str
    counts: Counts
    missing: tuple[str, ...]  # the configuration, or models of it


def source_of(endpoints: Endpoints, config_name: str) -> Source:
    config = endpoints.config(config_name)
    if config.kinds:
        names = ", ".join(sorted(config.kinds))
        msg = f"{config_name} is for an endpoint that Lowtide never deletes: {names}"
        raise NothingToRehearseError(msg)
    counts: Counter[str] = Counter()
    for variant in config.variants:
        counts[variant.instance_type] += variant.count
    return Source(config_name, counts, endpoints.missing_for(config))


def config_of(endpoints: Endpoints, name: str, account: Account) -> str:
    """Returns the configuration in use. Of an endpoint that is asleep only the stack knows it."""
    if in_use := endpoints.observe(name).config_name:
        return in_use
    try:
        request = {"action": "status", "endpoint": name}
        answer = invoke(account.stack, request, account.profile, account.region)
    except RequestRefusedError as error:
        raise NothingToRehearseError(f"{name} does not exist now; {error}; {_OR}") from error
    config = answer["config"]["pinned"] or (answer["saved"] or {}).get("config")
    if not config:
        raise NothingToRehearseError(f"{name} does not exist now and was never saved; {_OR}")
    return str(config)


def plan(name: str, source: Source, left_over: Sequence[str]) -> Iterator[str]:
    """Yields what will be created and what it costs. A name of 63 characters needs its own line."""
    yield from ("A copy will be created:", f"  {name}")
    yield from ("from the configuration", f"  {source.config_name}")
    usd = cost(source.counts, HOUR)
    price = f"{usd} an hour (us-east-1 list price, not verified)" if usd else "price not known"
    yield f"with {listed(source.counts)}: {price}."
    for each in left_over:
        yield from ("Left over from an earlier run, and deleted first:", f"  {each}")


def listed(counts: Counts) -> str:
    """For example `2 ml.g6.2xlarge, 1 ml.g6e.2xlarge`."""
    return ", ".join(f"{count} {instance_type}" for instance_type, count in counts.items())


def cost(counts: Counts, lasted: timedelta) -> str | None:
    """Returns dollars, or None where the price of a type is not known."""
    if counts.keys() - USD_PER_HOUR.keys():
        return None
    per_hour = sum(USD_PER_HOUR[each] * count for each, count in counts.items())
    return dollars(per_hour * (lasted / HOUR))

"""Creations that failed since the endpoint was last in service, and when the next may be tried."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class FailureKind(StrEnum):
    CAPACITY = "capacity"
    MISSING = "missing"  # the configuration, or a model of it
    QUOTA = "quota"  # AWS says that nothing uses it: only a person can raise it
    QUOTA_IN_USE = "quota-in-use"  # or may be: it is free again once other endpoints are gone
    REFUSED = "refused"  # by CreateEndpoint, for another reason
    OTHER = "other"  # the endpoint became Failed


_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
_LONGEST_PAUSE = _PAUSES[-1]
_SHORT_PAUSE = timedelta(minutes=4)  # at most, for what may be gone any minute
_REFUSALS = {FailureKind.MISSING, FailureKind.REFUSED}
# "quota" as a word or in a code. "Usage" alone will not do: limits are called "... endpoint usage".
_QUOTA = re.compile(r"(?i:limit ?exceeded|service limit|\bquotas?\b)|Quotas?(?![a-z])")
_UNUSED = re.compile(r"(?i)\b(current(ly)? (utili[sz]ation|usage|us(ed|ing))|used:)\D*0(?!\.?\d)")


@dataclass(frozen=True, slots=True)
class Failure:
    """`attempt_id` tells one attempt from the next. It is the CreationTime of the endpoint that
    failed, or when AWS refused to create one."""

    at: datetime
    attempt_id: datetime
    kind: FailureKind
    why: str


@dataclass(frozen=True, slots=True)
class Failures:
    """The configurations are tried in turn, whatever the failures: these only decide the pause
    after each round. The list may have changed since: what is new in it is tried at once."""

    newest: Failure
    count: int
    completed_rounds: int  # of `configs`
    configs: tuple[str, ...]  # the list when the newest failed
    tried: Mapping[str, FailureKind]  # in the latest round

    def next_config(self, configs: Sequence[str]) -> str:
        return next((name for name in configs if name not in self.tried), configs[0])

    def next_try(self, configs: Collection[str]) -> datetime:
        return self.newest.at + self._pause(configs)

    def only_quotas(self, configs: Collection[str]) -> bool:
        """Whether only a person can help: each configuration failed on a quota not in use."""
        return {self.tried.get(name) for name in configs} == {FailureKind.QUOTA}

    def only_refusals(self, configs: Collection[str]) -> bool:
        """Whether AWS began to create none of them, and not for quotas alone."""
        kinds = {self.tried.get(name) for name in configs}
        return kinds <= {*_REFUSALS, FailureKind.QUOTA} and not self.only_quotas(configs)

    def _pause(self, configs: Collection[str]) -> timedelta:
        """The growing pause after a round, no longer than its failures need. A quota that is not
        in use does not delay the other configurations."""
        if not set(configs) <= self.tried.keys():
            return timedelta(0)
        kinds = {self.tried[name] for name in configs} - {FailureKind.QUOTA}
        if not kinds:
            return _LONGEST_PAUSE
        short = kinds <= _REFUSALS or FailureKind.QUOTA_IN_USE in kinds
        growing = _PAUSES[min(max(self.completed_rounds, 1), len(_PAUSES)) - 1]
        return min(growing, _SHORT_PAUSE) if short else growing


def kind_of(why: str) -> FailureKind:
    """By AWS's words, in a FailureReason or an error. Only quotas must be known by them; one may be
    in use unless they say that it is not, since AWS's wordings change."""
    if _QUOTA.search(why):
        return FailureKind.QUOTA if _UNUSED.search(why) else FailureKind.QUOTA_IN_USE
    return FailureKind.CAPACITY if "capacity" in why.lower() else FailureKind.OTHER


def with_another(
    before: Failures | None, failure: Failure, config: str, configs: tuple[str, ...]
) -> Failures:
    """`before` and this failure of `config`. An attempt that is met again, because its clean-up was
    not completed, counts once."""
    if before is None:
        before = Failures(failure, 0, 0, configs, {})
    elif before.newest.attempt_id == failure.attempt_id:
        return before
    in_this_round = {} if set(configs) <= before.tried.keys() else before.tried
    tried = {**in_this_round, config: failure.kind}
    rounds = before.completed_rounds if before.configs == configs else 0
    completed = rounds + (set(configs) <= tried.keys())
    return Failures(failure, before.count + 1, completed, configs, tried)

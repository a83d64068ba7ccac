"""What a policy costs and how many calls it fails, compared at equal quality."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import log, sqrt

import numpy as np

from lowtide_workbench.simulate.model.play import Played, Question
from lowtide_workbench.simulate.model.policies import Policy

_LEAST_SHARE = 1e-6  # of calls: zero has no logarithm


@dataclass(frozen=True, slots=True)
class Outcome:
    """Means over the seeds; `..._error` is the standard error. The seeds do not vary the calls."""

    policy: Policy
    usd_a_week: float
    usd_error: float
    failed: float  # share of the calls
    failed_error: float
    worst_day: date
    failed_on_worst_day: float
    failed_by_week: Sequence[float]
    launches_a_day: float


def outcomes(question: Question, played: Played) -> list[Outcome]:
    return [_outcome(question, played, n) for n in range(len(question.policies))]


def usd_at(swept: Sequence[Outcome], objective: float) -> float | None:
    """The least cost of a week at which at most `objective` of the calls fail; None: not reached.

    Between two neighbouring settings, the cost is a straight line over the logarithm of the share.
    """
    reached = [outcome.usd_a_week for outcome in swept if outcome.failed <= objective]
    for one, other in pairwise(swept):
        low, high = sorted((one, other), key=lambda outcome: outcome.failed)
        if low.failed < objective < high.failed:
            reached.append(_between(low, high, objective))
    return min(reached, default=None)


def _between(low: Outcome, high: Outcome, objective: float) -> float:
    start, end = (log(max(outcome.failed, _LEAST_SHARE)) for outcome in (low, high))
    part = (log(objective) - start) / (end - start)
    return low.usd_a_week + part * (high.usd_a_week - low.usd_a_week)


def _outcome(question: Question, played: Played, n: int) -> Outcome:
    calls = np.array(list(question.script.calls.values()), dtype=float)
    days = list(question.script.calls)
    weeks = len(days) / 7
    usd, failed = played.usd[:, n].sum(axis=0) / weeks, played.failed_calls[:, n]
    share = failed.sum(axis=0) / max(1.0, calls.sum())
    by_day = failed.mean(axis=1)
    worst = int(by_day.argmax())
    return Outcome(
        policy=question.policies[n],
        usd_a_week=float(usd.mean()),
        usd_error=_error(usd),
        failed=float(share.mean()),
        failed_error=_error(share),
        worst_day=days[worst],
        failed_on_worst_day=float(by_day[worst] / max(1.0, calls[worst])),
        failed_by_week=[
            float(by_day[at : at + 7].sum() / max(1.0, calls[at : at + 7].sum()))
            for at in range(0, len(days), 7)
        ],
        launches_a_day=float(played.launches[:, n].sum(axis=0).mean() / len(days)),
    )


def _error(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / sqrt(len(values))) if len(values) > 1 else 0.0

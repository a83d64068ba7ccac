"""What to write into the file, and how sure that is."""

from collections.abc import Iterator

from lowtide_workbench.simulate.outcomes import Outcome
from lowtide_workbench.simulate.study import Study
from lowtide_workbench.simulate.wording import day, percent, usd


def advice(study: Study) -> Iterator[str]:
    """Lines of at most 80 characters, the last ones of which are YAML."""
    best, objective = study.nearest, study.setting.objective
    if study.best is None:
        yield f"No setting keeps it below {percent(objective)}. The nearest:"
    else:
        yield f"Cheapest setting with at most {percent(objective)} of the calls without room:"
    yield (
        f"{usd(best.usd_a_week)} a week, {percent(best.failed)} without room; "
        f"worst day {day(study, best.worst_day)}, {percent(best.failed_on_worst_day)}."
    )
    yield "Weeks differ more than seeds: simulate again when four more weeks are known."
    yield ""
    yield from yaml(study, best)


def yaml(study: Study, best: Outcome) -> Iterator[str]:
    policy = best.policy
    assert policy.floors is not None  # noqa: S101, only settings with floors are advised
    yield "scaling:"
    yield "  capacity:  # in the order of the pools"
    for pool in policy.pools:
        yield f"    {pool.instance_type}: {pool.capacity}"
    yield f"  min: {policy.least}"
    yield f"  max: {most(study, best)}  # twice the largest floor"
    yield f"  target: {study.setting.target:g}  # on days without floors"
    yield "  floors:"
    yield f"    margin: {policy.floors.margin:g}"
    if policy.floors_target is not None:
        yield f"    target: {policy.floors_target:g}"


def most(study: Study, best: Outcome) -> int:
    return 2 * int(study.played.floor[:, index_of(study, best)].max())


def index_of(study: Study, wanted: Outcome) -> int:
    """Returns the position of the outcome's policy in what was played."""
    played = [*(outcome for _, found in study.swept for outcome in found), *study.varied]
    return next(n for n, outcome in enumerate(played) if outcome is wanted)

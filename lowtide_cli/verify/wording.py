"""What a person is told of a verdict: what holds, what is open, and how to tell."""

from collections.abc import Iterator

from lowtide_cli.verify.hypotheses import Samples
from lowtide_cli.verify.probe import Sight
from lowtide_cli.verify.verdict import IDLE_MINUTES, LOADED_MINUTES, Lack, Verdict

_STREAMS_AN_INSTANCE = 6
DEFAULTS = "metrics: {idle: zeros, total: average}"

_REASONS = {
    Lack.MINUTES: "{minutes} whole minutes since the instances changed are too few",
    Lack.METRIC: "CloudWatch has nothing under the dimensions of {unknown}",
    Lack.RATE: "there were samples at {rate_seen} instants a minute, not {rate}",
    Lack.EXPLANATION: "no known meaning explains every minute",
    Lack.INSTANCES: "total; with fewer than 2 instances{of_one_type} all meanings look alike",
    Lack.LOAD: "total; there was no load, or for too short a time",
    Lack.STREAMS: "total; one sample for all may be their mean or their total",
    Lack.PACE: "total; `sum` divides by 6 samples a minute, and here there are {rate}",
    Lack.BUSY: "total; one instance alone may have held the streams",
    Lack.IDLENESS: f"idle; not seen in {IDLE_MINUTES} whole minutes",
}
_HOLD = (
    "hold {streams} streams on at least 2 instances{of_one_type} for 7 minutes, with no other "
    "traffic, and while they last run it again with --streams {streams}"
)
_REMEDIES = {
    Lack.MINUTES: "run it again in 10 minutes, with nothing that scales meanwhile",
    Lack.METRIC: (
        "hold a stream on each type for 5 minutes and run it again; a new metric is listed within "
        "a quarter of an hour"
    ),
    Lack.RATE: "use an endpoint without enhanced metrics, or with them every 10 seconds",
    Lack.EXPLANATION: (
        "run it again when no instance has come or gone for half an hour, without other traffic"
    ),
    Lack.INSTANCES: "{hold}",
    Lack.LOAD: "{hold}",
    Lack.STREAMS: "{hold}",
    Lack.PACE: "use an endpoint with a sample every 10 seconds; `average` suits any",
    Lack.BUSY: (
        "stop the traffic for 10 minutes, then {hold} --minutes 30. Where idle instances are "
        "silent it may stay open"
    ),
    Lack.IDLENESS: "stop the traffic for 10 minutes and run it again",
}


def sentences(sight: Sight, verdict: Verdict, held: float | None) -> Iterator[str]:
    if sight.left_out:
        yield f"Left out: {sight.left_out} minutes in which instances came or went."
    yield from _total(verdict)
    yield from _idle(verdict)
    yield from _metric_math(verdict, sight)
    if verdict.compared:
        yield f"Compared with {held:g} streams in {verdict.compared} minutes."
    elif held is not None:
        yield f"The load did not stand still for {LOADED_MINUTES} minutes: --streams was not used."
    for lack in verdict.lacks:
        yield f"Open: {_reason(lack, sight, verdict)}."
        yield f"To tell: {_remedy(lack, sight)}."


def line(verdict: Verdict) -> str:
    """For the file; empty while nothing is decided."""
    known = {"idle": verdict.idle, "total": verdict.total}
    said = ", ".join(f"{key}: {value}" for key, value in known.items() if value)
    return f"metrics: {{{said}}}" if said else ""


def last(verdict: Verdict) -> str:
    if verdict.decided:
        return "For the file, at its top:"
    if line(verdict):
        return "What is open keeps its default, the safe choice. For the file, at its top:"
    return "Leave the file as it is: its defaults are the safe choice."


def _total(verdict: Verdict) -> Iterator[str]:
    if verdict.total == "average":
        yield "There is one sample for all instances, their mean. A Sum would be too low."
        if any(meaning.idle == "silent" for meaning in verdict.possible):
            yield "If idle instances are silent, their Average is too high: the safe side."
    if verdict.total == "sum" and {m.samples for m in verdict.possible} == {Samples.EACH}:
        yield "Each instance makes samples of its own, so a Sum tells the streams."
    elif verdict.total == "sum":
        yield (
            "One sample at a time tells all streams: their total, or those of the one instance "
            "that was busy. A Sum is right of both; Average times instances is too high of one."
        )


def _idle(verdict: Verdict) -> Iterator[str]:
    if verdict.idle == "zeros":
        yield "Without streams it reports zeros."
    if verdict.idle == "silent":
        yield "Without streams it is silent, though in service."


def _metric_math(verdict: Verdict, sight: Sight) -> Iterator[str]:
    exact = verdict.metric_math
    if exact is None or not sight.variant.pooled:
        return
    answer = "would be exact" if exact else "would misread mixed types"
    yield f"AWS's own metric math of Sum and SampleCount {answer} here."


def _reason(lack: Lack, sight: Sight, verdict: Verdict) -> str:
    if lack is Lack.EXPLANATION and verdict.compared:
        return "no known meaning fits so many streams"
    seen = sight.seen
    unknown = [group.instance_type or "the variant" for group in seen.groups if not group.known]
    return _REASONS[lack].format(
        minutes=len(seen.minutes),
        unknown=", ".join(unknown),
        rate=seen.rate,
        rate_seen=seen.rate_seen,
        of_one_type=_of_one_type(sight),
    )


def _remedy(lack: Lack, sight: Sight) -> str:
    streams = _STREAMS_AN_INSTANCE * max(2, sight.variant.live)
    hold = _HOLD.format(streams=streams, of_one_type=_of_one_type(sight))
    return _REMEDIES[lack].format(hold=hold)


def _of_one_type(sight: Sight) -> str:
    return " of one type" if sight.variant.pooled else ""

"""A verdict in sentences: what is decided, what is open, and how to decide it."""

from collections.abc import Iterator

from lowtide_cli.verify.hypotheses import Samples
from lowtide_cli.verify.probe import Observation
from lowtide_cli.verify.verdict import IDLE_MINUTES, LOADED_MINUTES, Lack, Verdict

_STREAMS_AN_INSTANCE = 6
DEFAULTS = "metrics: {idle: zeros, total: average}"

_REASONS = {
    Lack.MINUTES: "{minutes} whole minutes since the instances changed are too few",
    Lack.METRIC: "CloudWatch has nothing under the dimensions of {unknown}",
    Lack.RATE: "there were samples at {rate_observed} instants a minute, not {rate}",
    Lack.EXPLANATION: "no known meaning explains every minute",
    Lack.INSTANCES: "total; with fewer than 2 instances{of_one_type} all meanings look alike",
    Lack.LOAD: "total; there was no load, or for too short a time",
    Lack.STREAMS: "total; one sample for all may be their mean or their total",
    Lack.PACE: "total; `sum` divides by 6 samples a minute, and here there are {rate}",
    Lack.BUSY: "total; one instance alone may have had all the streams",
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


def sentences(
    observation: Observation, verdict: Verdict, open_streams: float | None
) -> Iterator[str]:
    if observation.left_out:
        yield f"Left out: {observation.left_out} minutes in which instances came or went."
    yield from _total(verdict)
    yield from _idle(verdict)
    yield from _metric_math(verdict, observation)
    if verdict.compared:
        yield f"Compared with {open_streams:g} streams in {verdict.compared} minutes."
    elif open_streams is not None:
        yield f"The load was not constant for {LOADED_MINUTES} minutes: --streams was not used."
    for lack in verdict.lacks:
        yield f"Open: {_reason(lack, observation, verdict)}."
        yield f"To decide it: {_remedy(lack, observation)}."


def line(verdict: Verdict) -> str:
    """For the file; empty while nothing is decided."""
    known = {"idle": verdict.idle, "total": verdict.total}
    settings = ", ".join(f"{key}: {value}" for key, value in known.items() if value)
    return f"metrics: {{{settings}}}" if settings else ""


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
        yield "Each instance makes samples of its own, so a Sum gives the streams."
    elif verdict.total == "sum":
        yield (
            "One sample at a time counts all streams: their total, or those of the one instance "
            "that was busy. A Sum is right of both; Average times instances is too high of one."
        )


def _idle(verdict: Verdict) -> Iterator[str]:
    if verdict.idle == "zeros":
        yield "Without streams it reports zeros."
    if verdict.idle == "silent":
        yield "Without streams it is silent, though in service."


def _metric_math(verdict: Verdict, observation: Observation) -> Iterator[str]:
    exact = verdict.metric_math
    if exact is None or not observation.variant.pooled:
        return
    answer = "would be exact" if exact else "would misread mixed types"
    yield f"AWS's own metric math of Sum and SampleCount {answer} here."


def _reason(lack: Lack, observation: Observation, verdict: Verdict) -> str:
    if lack is Lack.EXPLANATION and verdict.compared:
        return "no known meaning fits so many streams"
    readings = observation.readings
    unknown = [group.instance_type or "the variant" for group in readings.groups if not group.known]
    return _REASONS[lack].format(
        minutes=len(readings.minutes),
        unknown=", ".join(unknown),
        rate=readings.rate,
        rate_observed=readings.rate_observed,
        of_one_type=_of_one_type(observation),
    )


def _remedy(lack: Lack, observation: Observation) -> str:
    streams = _STREAMS_AN_INSTANCE * max(2, observation.variant.live)
    hold = _HOLD.format(streams=streams, of_one_type=_of_one_type(observation))
    return _REMEDIES[lack].format(hold=hold)


def _of_one_type(observation: Observation) -> str:
    return " of one type" if observation.variant.pooled else ""

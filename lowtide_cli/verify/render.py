"""A verdict for the terminal, in 80 columns, and as JSON."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import timedelta
from typing import Any

from rich.padding import Padding
from rich.table import Table

from lowtide_cli.terminal import SafeConsole
from lowtide_cli.verify import wording as words
from lowtide_cli.verify.hypotheses import Meaning, Samples, sources, streams
from lowtide_cli.verify.observation import Group, Readings
from lowtide_cli.verify.probe import Observation
from lowtide_cli.verify.verdict import Verdict, loaded, silent, with_zeros

_MINUTE = timedelta(minutes=1)
_STATISTICS = ("SampleCount", "Sum", "Minimum", "Maximum", "Average")  # as in Minute


def show(observation: Observation, verdict: Verdict, open_streams: float | None) -> None:
    console = SafeConsole(highlight=False)
    console.print(
        f"{observation.endpoint.name}, {observation.variant.name}: {_span(observation)}\n",
        style="bold",
    )
    for group in observation.readings.groups:
        console.print(f"{group.instance_type or 'all types'}: {_instances(group.live)}")
        for line in _minutes(group, observation.readings):
            console.print(Padding(line, (0, 0, 0, 2)))
    console.print(f"Dimension sets in CloudWatch: {_sets(observation)}.\n")
    if verdict.possible:
        console.print(_meanings(observation, verdict))
        console.print()
    for sentence in words.sentences(observation, verdict, open_streams):
        console.print(sentence)
    console.print(f"\n{words.last(verdict)}", style="bold")
    console.print(words.line(verdict) or words.DEFAULTS)


def as_json(
    observation: Observation, verdict: Verdict, open_streams: float | None
) -> dict[str, Any]:
    readings = observation.readings
    sentences = list(words.sentences(observation, verdict, open_streams))
    return {
        "endpoint": observation.endpoint.name,
        "variant": observation.variant.name,
        "minutes": [at.isoformat() for at in readings.minutes],
        "left_out": observation.left_out,
        "streams": open_streams,
        "every_s": observation.every_s,
        "groups": [_group_json(group, observation) for group in readings.groups],
        "dimension_sets": sorted(sorted(names) for names in _distinct(observation)),
        "possible": [{"samples": m.samples.name, "idle": m.idle} for m in verdict.possible],
        "total": verdict.total,
        "idle": verdict.idle,
        "metric_math_exact": verdict.metric_math,
        "decided": verdict.decided,
        "sentences": sentences,
        "file": words.line(verdict),
    }


def _group_json(group: Group, observation: Observation) -> dict[str, Any]:
    minutes = {at: group.minutes.get(at) for at in observation.readings.minutes}
    return {
        "instance_type": group.instance_type,
        "live": group.live,
        "points": [
            {"at": at.isoformat()} | (asdict(minute) if minute else {})
            for at, minute in minutes.items()
        ],
    }


def _span(observation: Observation) -> str:
    """Returns the instances, and the minutes on the clock of CloudWatch, which is UTC."""
    minutes, live = observation.readings.minutes, _instances(observation.variant.live)
    if not minutes:
        return live
    return f"{live}, {minutes[0]:%d %b %H:%M} to {minutes[-1] + _MINUTE:%H:%M} UTC"


def _instances(count: int) -> str:
    return f"{count} instance{'' if count == 1 else 's'}"


def _minutes(group: Group, readings: Readings) -> Iterator[str]:
    """Yields how many minutes a group has of each kind, and what CloudWatch has of one."""
    minutes = loaded(group, readings)
    zeros, without = with_zeros(group, readings), silent(group, readings)
    yield (
        f"minutes: {len(minutes)} with streams, {len(zeros)} with zeros, "
        f"{len(without)} without samples"
    )
    known = [group.minutes[at] for at in minutes or readings.minutes if at in group.minutes]
    if known:
        statistics = zip(_STATISTICS, zip(*map(astuple, known), strict=True), strict=True)
        values = ", ".join(f"{name} {_range(values)}" for name, values in statistics)
        yield f"{'a minute with streams' if minutes else 'a minute'}: {values}"


def _range(values: Sequence[float]) -> str:
    if not values:
        return "-"
    low, high = f"{min(values):.3g}", f"{max(values):.3g}"
    return low if low == high else f"{low}-{high}"


def _meanings(observation: Observation, verdict: Verdict) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("if a minute holds")
    for name in ("samples", "streams", "fits"):
        table.add_column(name, justify="right")
    for samples in Samples:
        fit = [meaning for meaning in verdict.possible if meaning.samples is samples]
        expected = _expected(fit or [Meaning(samples, "zeros")], observation)
        table.add_row(samples.value, *expected, "yes" if fit else "no")
    return table


def _expected(meanings: Sequence[Meaning], observation: Observation) -> tuple[str, str]:
    """Of all instances: the samples, all reporting, and the streams of the newest minute."""
    whole, rate = observation.readings.whole, observation.readings.rate
    minute = whole.minutes.get(observation.readings.minutes[-1])
    counted = [bound for m in meanings for bound in streams(m, whole, rate, minute)]
    return str(rate * sources(meanings[0], whole.live)), _range(counted)


def _distinct(observation: Observation) -> Mapping[frozenset[str], int]:
    return Counter(frozenset(name for name, _ in dimensions) for dimensions in observation.listed)


def _sets(observation: Observation) -> str:
    common = {"EndpointName", "VariantName"}
    named = {
        " + ".join([*sorted(names & common), *sorted(names - common)]): count
        for names, count in _distinct(observation).items()
    }
    return "; ".join(f"{name} ({count})" for name, count in sorted(named.items())) or "none"

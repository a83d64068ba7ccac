"""A verdict for the terminal, in 80 columns, and as JSON."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table

from lowtide_cli.verify import wording as words
from lowtide_cli.verify.hypotheses import Meaning, Samples, sources, streams
from lowtide_cli.verify.observation import Group
from lowtide_cli.verify.probe import Sight
from lowtide_cli.verify.verdict import Verdict, loaded, silent, with_zeros

_MINUTE = timedelta(minutes=1)


def show(sight: Sight, verdict: Verdict, held: float | None) -> None:
    console = Console(markup=False, emoji=False, highlight=False)
    console.print(f"{sight.endpoint.name}, {sight.variant.name}: {_span(sight)}\n", style="bold")
    console.print(_groups(sight))
    console.print(f"Dimension sets in CloudWatch: {_sets(sight)}.\n")
    if verdict.possible:
        console.print(_meanings(sight, verdict))
        console.print()
    for sentence in words.sentences(sight, verdict, held):
        console.print(sentence)
    console.print(f"\n{words.last(verdict)}", style="bold")
    console.print(words.line(verdict) or words.DEFAULTS)


def as_json(sight: Sight, verdict: Verdict, held: float | None) -> dict[str, Any]:
    seen = sight.seen
    return {
        "endpoint": sight.endpoint.name,
        "variant": sight.variant.name,
        "minutes": [at.isoformat() for at in seen.minutes],
        "left_out": sight.left_out,
        "streams": held,
        "every_s": sight.every_s,
        "groups": [_group_json(group, sight) for group in seen.groups],
        "dimension_sets": sorted(sorted(names) for names in _distinct(sight)),
        "possible": [{"samples": m.samples.name, "idle": m.idle} for m in verdict.possible],
        "total": verdict.total,
        "idle": verdict.idle,
        "metric_math_exact": verdict.metric_math,
        "decided": verdict.decided,
        "said": list(words.sentences(sight, verdict, held)),
        "file": words.line(verdict),
    }


def _group_json(group: Group, sight: Sight) -> dict[str, Any]:
    minutes = {at: group.minutes.get(at) for at in sight.seen.minutes}
    return {
        "instance_type": group.instance_type,
        "live": group.live,
        "points": [
            {"at": at.isoformat()} | (asdict(minute) if minute else {})
            for at, minute in minutes.items()
        ],
    }


def _span(sight: Sight) -> str:
    minutes = sight.seen.minutes
    live = sight.variant.live
    counts = f"{live} instance{'s' if live > 1 else ''}"
    if not minutes:
        return counts
    return f"{counts}, {minutes[0]:%d %b %H:%M} to {minutes[-1] + _MINUTE:%H:%M} UTC"


def _groups(sight: Sight) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name in ("live", "loaded", "zeros", "silent", "samples", "Sum", "Average", "Min", "Max"):
        table.add_column(name, justify="right")
    for group in sight.seen.groups:
        times = loaded(group, sight.seen)
        table.add_row(
            group.instance_type or "all instances",
            str(group.live),
            str(len(times)),
            str(len(with_zeros(group, sight.seen))),
            str(len(silent(group, sight.seen))),
            *(_range(values) for values in _columns(group, times or sight.seen.minutes)),
        )
    table.caption = "How many minutes; what CloudWatch has of a minute, loaded if there was one."
    table.caption_justify = "left"
    return table


def _columns(group: Group, times: Iterable[datetime]) -> Iterable[tuple[float, ...]]:
    minutes = [group.minutes[at] for at in times if at in group.minutes]
    rows = [(m.samples, m.total, m.average, m.least, m.most) for m in minutes]
    return zip(*rows, strict=True) if rows else [()] * 5


def _range(values: Sequence[float]) -> str:
    if not values:
        return "-"
    low, high = f"{min(values):.3g}", f"{max(values):.3g}"
    return low if low == high else f"{low}-{high}"


def _meanings(sight: Sight, verdict: Verdict) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("if a minute holds")
    for name in ("samples", "streams", "fits"):
        table.add_column(name, justify="right")
    for samples in Samples:
        fit = [meaning for meaning in verdict.possible if meaning.samples is samples]
        expected = _expected(fit or [Meaning(samples, "zeros")], sight)
        table.add_row(samples.value, *expected, "yes" if fit else "no")
    return table


def _expected(meanings: Sequence[Meaning], sight: Sight) -> tuple[str, str]:
    """Of all instances: the samples, all reporting, and the streams of the newest minute."""
    whole, rate = sight.seen.whole, sight.seen.rate
    minute = whole.minutes.get(sight.seen.minutes[-1])
    counted = [bound for m in meanings for bound in streams(m, whole, rate, minute)]
    return str(rate * sources(meanings[0], whole.live)), _range(counted)


def _distinct(sight: Sight) -> Mapping[frozenset[str], int]:
    return Counter(frozenset(name for name, _ in each) for each in sight.kept)


def _sets(sight: Sight) -> str:
    common = {"EndpointName", "VariantName"}
    named = {
        " + ".join([*sorted(names & common), *sorted(names - common)]): count
        for names, count in _distinct(sight).items()
    }
    return "; ".join(f"{name} ({count})" for name, count in sorted(named.items())) or "none"

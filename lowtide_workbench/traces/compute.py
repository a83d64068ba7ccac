"""Computes profile.json again: `python -m lowtide_workbench.traces.compute TRACE`.

The `source` of the file is written by hand and kept; it must name the trace.
"""

import json
import sys
from pathlib import Path

from lowtide_workbench.traces import profile
from lowtide_workbench.traces.files import read
from lowtide_workbench.traces.profile import Profile


def rewrite(trace: Path, target: Path = profile.OWN) -> None:
    """Writes the profile of `trace` into `target`, whose source is kept."""
    source = json.loads(target.read_text())["source"]
    if source["trace"] != trace.name:
        raise ValueError(
            f"{target}, source.trace: found {source['trace']!r}, expected {trace.name!r}: "
            "describe the new trace in `source` first"
        )
    target.write_text(render(source, profile.compute(read(trace))))


def render(source: dict[str, object], computed: Profile) -> str:
    """JSON with one line a weekday."""
    weekdays = ",\n".join(
        f"    {json.dumps(weekday)}: {json.dumps(means)}"
        for weekday, means in computed.arrivals.items()
    )
    return (
        f'{{\n  "source": {json.dumps(source, indent=2).replace("\n", "\n  ")},\n'
        f'  "arrivals_per_half_hour": {{\n{weekdays}\n  }},\n'
        f'  "duration_quantiles_s": {json.dumps(computed.durations)}\n}}\n'
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rewrite(Path(sys.argv[1]))

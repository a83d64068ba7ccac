"""CloudWatch's embedded metric format (EMF): log lines that carry metrics."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lowtide_workbench.aws.cloudwatch.metric_store import MetricName, MetricStore, of


@dataclass(frozen=True, slots=True)
class Measurement:
    """The values of one metric under one set of dimensions."""

    name: MetricName
    at: float
    values: tuple[float, ...]
    unit: str | None
    fine: bool  # StorageResolution 1


def extract(lines: Iterable[str], store: MetricStore) -> None:
    """Puts the metrics in the lines, as CloudWatch Logs does; other lines are left out."""
    for line in lines:
        for measured in measurements(line):
            sample = of(measured.values)
            store.put(measured.name, measured.at, sample, fine=measured.fine, unit=measured.unit)


def measurements(line: str) -> Iterator[Measurement]:
    document = _document(line)
    at = float(document.get("_aws", {}).get("Timestamp", 0)) / 1000
    for directive in document.get("_aws", {}).get("CloudWatchMetrics", ()):
        for keys in directive["Dimensions"]:
            dimensions = frozenset((key, str(document[key])) for key in keys)
            for metric in directive["Metrics"]:
                value = document[metric["Name"]]
                yield Measurement(
                    name=MetricName(directive["Namespace"], metric["Name"], dimensions),
                    at=at,
                    values=tuple(map(float, value if isinstance(value, list) else [value])),
                    unit=metric.get("Unit"),
                    fine=metric.get("StorageResolution", 60) == 1,
                )


def _document(line: str) -> Mapping[str, Any]:
    if '"_aws"' not in line:
        return {}
    try:
        document = json.loads(line)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}

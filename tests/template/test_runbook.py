"""The runbook has a remedy for each alarm and for each code of a blocked step."""

import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

from lowtide.domain.endpoint.observed import Kind
from lowtide.domain.lifecycle.actions import OtherCode
from tests.template.transformed import Transformed

PAGE = "docs/operate/runbook.md"
_NAMES = re.compile("`([^`]+)`")


@pytest.fixture(scope="module")
def remedies(root: Path) -> Mapping[str, str]:
    """The last cell of each table row by the names in its first cell."""
    text = (root / PAGE).read_text(encoding="utf-8")
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return {name: row[-1].strip() for row in rows for name in _NAMES.findall(row[0])}


def alarms(template: Transformed) -> dict[str, str]:
    """The descriptions of the template's alarms by name."""
    resources = template.document["Resources"].items()
    kind = "AWS::CloudWatch::Alarm"
    properties = {name: each["Properties"] for name, each in resources if each["Type"] == kind}
    return {name: str(values["AlarmDescription"]) for name, values in properties.items()}


def test_every_alarm_and_every_blocker_code_has_a_row_and_nothing_else_has(
    template: Transformed, remedies: Mapping[str, str]
) -> None:
    kinds = chain(Kind, get_args(OtherCode.__value__))
    assert sorted(remedies) == sorted([*alarms(template), *map(str, kinds)])
    assert all(remedies.values())


def test_the_description_of_every_alarm_names_the_runbook(template: Transformed) -> None:
    without = [name for name, text in alarms(template).items() if PAGE not in text]
    assert without == []

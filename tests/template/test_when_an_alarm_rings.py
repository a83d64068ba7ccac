"""The page for the person on duty leaves nobody alone with an alarm or a refusal."""

import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

from lowtide.domain.endpoint.observed import Kind
from lowtide.domain.lifecycle.actions import OtherCode
from lowtide_workbench.aws.deployment.template import Template

PAGE = "docs/when-an-alarm-rings.md"
_NAMES = re.compile("`([^`]+)`")


@pytest.fixture(scope="module")
def remedies(root: Path) -> Mapping[str, str]:
    """The last cell of each row of a table, by each name that stands in its first."""
    text = (root / PAGE).read_text(encoding="utf-8")
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return {name: row[-1].strip() for row in rows for name in _NAMES.findall(row[0])}


def alarms(template: Template) -> dict[str, str]:
    """Their descriptions."""
    resources = template.document["Resources"].items()
    kind = "AWS::CloudWatch::Alarm"
    found = {name: each["Properties"] for name, each in resources if each["Type"] == kind}
    return {name: str(properties["AlarmDescription"]) for name, properties in found.items()}


def test_every_alarm_and_every_kind_of_refusal_has_its_row_and_nothing_else_has(
    template: Template, remedies: Mapping[str, str]
) -> None:
    kinds = chain(Kind, get_args(OtherCode.__value__))
    assert sorted(remedies) == sorted([*alarms(template), *map(str, kinds)])
    assert all(remedies.values())


def test_every_alarm_says_where_it_stands_what_to_do(template: Template) -> None:
    without = [name for name, told in alarms(template).items() if PAGE not in told]
    assert without == []

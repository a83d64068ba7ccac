"""How single parts of an answer read on a terminal."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.text import Text

_STATUS_STYLES = {
    "InService": "green",
    "Absent": "dim",
    "Failed": "red",
    "OutOfService": "red",
    "UpdateRollbackFailed": "red",
}
_ALARM_STATES = {
    "OK": ("green", "OK", "not reached since"),
    "ALARM": ("red", "ALARM", "reached since"),
    "INSUFFICIENT_DATA": ("yellow", "no data", "nothing is scaled by it since"),
}
# Application Auto Scaling's own alarms: what stands in front and behind is the same for all.
_OWN_ALARM = re.compile(r"TargetTracking-endpoint/\S+?-(Alarm(?:High|Low))-[0-9a-f-]{36}")


def moment(text: str) -> str:
    """To the minute, in UTC, as the ledger writes it."""
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%MZ}"


def status(name: str) -> Text:
    return Text(name, _STATUS_STYLES.get(name, "yellow"))


def instances(by_type: Mapping[str, int]) -> str:
    present = (f"{count} {name}" for name, count in by_type.items() if count)
    return ", ".join(present) or "none"


def alarm_name(name: str) -> str:
    return _OWN_ALARM.sub(r"\1", name)


def alarm_state(alarm: Mapping[str, Any]) -> Text:
    style, state, what = _ALARM_STATES.get(alarm["state"], ("", alarm["state"], "since"))
    return Text.assemble((state, style), f", {what} {moment(alarm['since'])}")

"""Words and colours for parts of an answer, on a terminal."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.padding import Padding
from rich.text import Text

from lowtide.domain.wording import clock

# The history and the log have these names since the first release; other steps' names are words.
_WORDS = {"Rest": "in sync, nothing to do", "Refuse": "blocked", "Forget": "reset retries"}
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
# Application Auto Scaling's own alarms: the same prefix and suffix around what tells them apart.
_OWN_ALARM = re.compile(r"TargetTracking-endpoint/\S+?-(Alarm(?:High|Low))-[0-9a-f-]{36}")


def action_in_words(name: str) -> str:
    """Returns a stored name as people read it, for example `blocked` for `Refuse`."""
    return _WORDS.get(name, name)


def zone_of(answer: Mapping[str, Any]) -> ZoneInfo:
    """Returns the schedule's time zone; an older stack does not name it."""
    return ZoneInfo(answer.get("timezone", "UTC"))


def moment(text: str, zone: ZoneInfo) -> str:
    return clock(datetime.fromisoformat(text), zone)


def at(time: str, zone: ZoneInfo, what: Text) -> Iterator[Padding]:
    """Yields the time, and `what` below it: beside it, 80 columns would break a name of 63."""
    yield Padding(Text(moment(time, zone), "dim"), (0, 0, 0, 2))
    yield Padding(what, (0, 0, 0, 4))


def status(name: str) -> Text:
    return Text(name, _STATUS_STYLES.get(name, "yellow"))


def actual(endpoint: Mapping[str, Any]) -> Text:
    """Returns the status and the instances, by type."""
    counts = [f"{count} {name}" for name, count in endpoint["instances"].items() if count]
    return Text(", ").join([status(endpoint["status"]), *map(Text, counts)])


def next_step(endpoint: Mapping[str, Any]) -> str:
    """Returns the step with its reason, where that is not another line of the answer already."""
    step = endpoint["next"]
    name = action_in_words(step["action"])
    shown = [endpoint.get(key) for key in ("because", "blocked", "paused")]
    return name if step["reason"] in shown else f"{name}: {step['reason']}"


def alarm_name(name: str) -> str:
    return _OWN_ALARM.sub(r"\1", name)


def alarm_state(alarm: Mapping[str, Any], zone: ZoneInfo) -> Text:
    style, state, what = _ALARM_STATES.get(alarm["state"], ("", alarm["state"], "since"))
    return Text.assemble((state, style), f", {what} {moment(alarm['since'], zone)}")

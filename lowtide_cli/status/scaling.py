"""How an endpoint is scaled: its target, its policies with their alarms, and its activities."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lowtide_cli.status import wording as words

type Document = Mapping[str, Any]
type Row = tuple[str, str | Text]

_LABEL_WIDTH = len("cooldown")
_STYLES = {"Successful": "green", "Failed": "red", "Unfulfilled": "red"}
_AS_EXPECTED = ("Successful", "InProgress", "Pending")


def show(scaling: Document, zone: ZoneInfo, console: Console) -> None:
    console.print(Text("Scaling", "bold") + Text(f", {scaling['shown']}", "not bold"))
    for variant in scaling["variants"]:
        console.print(_variant(variant))
        policies = variant["policies"]  # a mapping with an error where they cannot be read
        for policy in [policies] if isinstance(policies, dict) else policies:
            console.print(_policy(policy, zone))
        if "activities" in variant:
            for line in _activities(variant["activities"], zone):
                console.print(line)


def _unreadable(part: Any) -> Text | None:
    error = part.get("error") if isinstance(part, dict) else None
    return Text(f"cannot be read: {error}", "red") if error else None


def _variant(variant: Document) -> Text:
    name, counts = Text(variant["variant"], "bold"), variant.get("instances")
    return Text.assemble(name, ": ", _counts(counts) if counts else "", _range(variant["target"]))


def _counts(counts: Document) -> str:
    current, desired = counts["current"], counts["desired"]
    moving = f", {desired} desired" if desired not in (None, current) else ""
    return f"{current} {'instance' if current == 1 else 'instances'}{moving}; "


def _range(target: Document | None) -> Text:
    if target is None:
        return Text("no scalable target: nothing scales it")
    if unreadable := _unreadable(target):
        return Text("its scalable target ") + unreadable
    allowed = Text(f"{target['min']} to {target['max']} allowed")
    if suspended := target["suspended"]:
        allowed.append(f"; suspended: {', '.join(suspended)}", "yellow")
    return allowed


def _policy(policy: Document, zone: ZoneInfo) -> RenderableType:
    if unreadable := _unreadable(policy):
        return Padding(Text("policies ") + unreadable, (0, 0, 0, 2))
    title = Text.assemble((policy["name"], "bold"), f", {policy['type']}, {policy['managed_by']}")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", width=_LABEL_WIDTH)
    table.add_column(overflow="fold")
    for row in chain(_does(policy), _alarms(policy, zone)):
        table.add_row(*row)
    return Group(Padding(title, (0, 0, 0, 2)), Padding(table, (0, 0, 0, 4)))


def _does(policy: Document) -> Iterator[Row]:
    if "tracks" in policy:
        only_out = "" if policy["scales_in"] else ", scale-out only"
        yield "tracks", f"{policy['tracks']} at {policy['target']:g}{only_out}"
    for name, meaning in policy.get("terms", {}).items():
        yield "where", f"{name} is {meaning}"
    for step in policy.get("steps", ()):
        yield "step", step
    if cooldown := policy.get("cooldown"):
        yield "cooldown", ", ".join(f"{way} {lasts}" for way, lasts in cooldown.items())


def _alarms(policy: Document, zone: ZoneInfo) -> Iterator[Row]:
    if "alarms" not in policy:
        return
    if unreadable := _unreadable(policy["alarms"]):
        yield "alarms", unreadable
    elif not policy["alarms"]:
        yield "alarms", Text("none: nothing triggers it", "yellow")
    else:
        yield from (("alarm", _alarm(alarm, policy, zone)) for alarm in policy["alarms"])


def _alarm(alarm: Document, policy: Document, zone: ZoneInfo) -> Text:
    name = f"{words.alarm_name(alarm['name'])}: "
    if "error" in alarm:
        return Text.assemble(name, (alarm["error"], "red"))
    metric = "" if "tracks" in policy else f"{alarm['metric']} "  # the policy names it
    off = "" if alarm["acts"] else "; its actions are switched off"
    condition = f"{metric}{alarm['condition']}{off}\n"
    return Text.assemble(name, condition, words.alarm_state(alarm, zone))


def _activities(activities: Any, zone: ZoneInfo) -> Iterator[Padding]:
    if unreadable := _unreadable(activities):
        yield Padding(Text("activities ") + unreadable, (0, 0, 0, 2))
    elif not activities:
        yield Padding(Text("nothing was scaled in six weeks"), (0, 0, 0, 2))
    else:
        for activity in activities:
            yield from words.at(activity["at"], zone, _activity(activity))


def _activity(activity: Document) -> Text:
    cause = activity.get("cause", "")
    because = [Text(f"because {words.alarm_name(cause)}", "dim")] if cause else []
    return Text("\n").join([*_outcome(activity), *because])


def _outcome(activity: Document) -> Iterator[Text]:
    if reasons := activity.get("not_scaled"):
        yield Text(f"not scaled: {'; '.join(reasons)}", "yellow")
        return
    state = activity["status"]
    yield Text.assemble((state, _STYLES.get(state, "yellow")), f": {activity.get('what', '')}")
    if state not in _AS_EXPECTED and "message" in activity:
        yield Text(activity["message"])

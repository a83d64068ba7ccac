"""How an endpoint is scaled: its target, its policies and their alarms, and what came of them."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

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


def show(found: Document, console: Console) -> None:
    console.print(Text("Scaling", "bold") + Text(f", {found['told']}", "not bold"))
    for variant in found["variants"]:
        console.print(_variant(variant))
        for policy in _listed(variant["policies"]):
            console.print(_policy(policy))
        if "activities" in variant:
            console.print(Padding(_activities(variant["activities"]), (0, 0, 0, 2)))


def _listed(found: Any) -> list[Document]:
    return [found] if isinstance(found, dict) else found  # what cannot be read is a mapping


def _unreadable(found: Any) -> Text | None:
    error = found.get("error") if isinstance(found, dict) else None
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
    told = Text(f"{target['min']} to {target['max']} allowed")
    if suspended := target["suspended"]:
        told.append(f"; suspended: {', '.join(suspended)}", "yellow")
    return told


def _policy(policy: Document) -> RenderableType:
    if unreadable := _unreadable(policy):
        return Padding(Text("policies ") + unreadable, (0, 0, 0, 2))
    title = Text.assemble((policy["name"], "bold"), f", {policy['type']}, {policy['kept_by']}")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", width=_LABEL_WIDTH)
    table.add_column(overflow="fold")
    for row in chain(_does(policy), _alarms(policy)):
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


def _alarms(policy: Document) -> Iterator[Row]:
    if "alarms" not in policy:
        return
    if unreadable := _unreadable(policy["alarms"]):
        yield "alarms", unreadable
    elif not policy["alarms"]:
        yield "alarms", Text("none: nothing triggers it", "yellow")
    else:
        yield from (("alarm", _alarm(alarm, policy)) for alarm in policy["alarms"])


def _alarm(alarm: Document, policy: Document) -> Text:
    name = f"{words.alarm_name(alarm['name'])}: "
    if "error" in alarm:
        return Text.assemble(name, (alarm["error"], "red"))
    metric = "" if "tracks" in policy else f"{alarm['metric']} "  # told by the policy
    off = "" if alarm["acts"] else "; its actions are switched off"
    condition = f"{metric}{alarm['condition']}{off}\n"
    return Text.assemble(name, condition, words.alarm_state(alarm))


def _activities(found: Any) -> RenderableType:
    if unreadable := _unreadable(found):
        return Text("activities ") + unreadable
    if not found:
        return Text("nothing was scaled in six weeks")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for activity in found:
        table.add_row(words.moment(activity["at"]), _activity(activity))
    return table


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

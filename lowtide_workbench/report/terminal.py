"""Tells a story on the terminal: what happened, then what it comes to."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from lowtide_workbench.report.model import Story
from lowtide_workbench.report.summary import alarm, key_figures, local, verdict

ROOM_FOR_WHO = 100  # columns; below it, "who" moves in front of "what"


def show(story: Story, console: Console) -> None:
    console.print(_happenings(story, with_who=console.width >= ROOM_FOR_WHO))
    console.print(Padding(_totals(story), (1, 0)))
    for line in _comparisons(story):
        console.print(line)
    if alarm(story):
        console.print(Panel(Text(f"NOT RESTORED: {alarm(story)}"), style="bold red"))


def _happenings(story: Story, *, with_who: bool) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        title="What happened, when and why",
        caption=f"local time, {story.timezone}",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("When", no_wrap=True)
    if with_who:
        table.add_column("Who", style="cyan", max_width=16)
    table.add_column("What", overflow="fold")
    table.add_column("Why", overflow="fold")
    day = None
    for happening in sorted(story.happenings, key=lambda happening: happening.at):
        clock = local(happening.at, story)
        if day not in (None, clock.date()):
            table.add_section()
        day = clock.date()
        who = Text(happening.who)
        what = Text(happening.what, style="bold")
        cells = [who, what] if with_who else [Text(f"{who}: ", style="cyan") + what]
        table.add_row(f"{clock:%a %H:%M}", *cells, Text(happening.why))
    return table


def _totals(story: Story) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    table.add_column(style="dim")
    for figure in key_figures(story):
        style = "bold red" if figure.alarming else "bold"
        table.add_row(figure.label, Text(figure.value, style), figure.note)
    return table


def _comparisons(story: Story) -> list[Text]:
    lines = []
    for comparison in story.comparisons:
        style = "red" if comparison.differences else "green"
        lines.append(Text(verdict(comparison, story), style))
        lines += [Text(f"  {difference}", style) for difference in comparison.differences]
    return lines

"""The questions that are asked on a terminal where the options do not answer them."""

import sys
from collections.abc import Callable
from dataclasses import replace

import typer

from lowtide.domain.duration import parse_duration
from lowtide_cli.advise.workload import (
    PACKAGES,
    TRAFFIC,
    Workload,
    parse_types,
    parse_when,
)


def on_a_terminal() -> bool:
    return sys.stdin.isatty()


def completed(workload: Workload) -> Workload:
    """Asks for what the advice depends on most; Enter leaves the rest unknown."""
    if workload.traffic is None:
        workload = replace(workload, traffic=_one_of("What comes in?", TRAFFIC))
    if workload.package is None:
        workload = replace(workload, package=_one_of("Where is the model from?", PACKAGES))
    if workload.when is None:
        when = "When? always, 'Mon-Fri 08:00-20:00', or '28 x 30m' for 28 bursts a week"
        workload = replace(workload, when=_parsed(when, parse_when))
    if workload.types is None:
        types = "Which instance types, with the streams that one holds? ml.g6.2xlarge:10, ..."
        workload = replace(workload, types=_parsed(types, _types))
    if workload.wait is None and workload.traffic != "requests":
        wait = "How long may the first of them wait for an instance? 0m, 15m, 2h ..."
        workload = replace(workload, wait=_parsed(wait, parse_duration))
    return workload


def _types(text: str) -> dict[str, float | None]:
    return dict(parse_types([part.strip() for part in text.split(",")]))


def _one_of(question: str, choices: dict[str, str]) -> str:
    listed = "\n".join(f"  {name:12} {meaning}" for name, meaning in choices.items())

    def choice(text: str) -> str:
        if text not in choices:
            msg = f"one of {', '.join(choices)}"
            raise ValueError(msg)
        return text

    return str(_parsed(f"{question}\n{listed}", choice, required=True))


def _parsed[T](question: str, parse: Callable[[str], T], *, required: bool = False) -> T | None:
    """Asks until it is valid. Enter is no answer, unless one is required."""
    typer.echo(question)
    while True:
        text = typer.prompt(">", default="", show_default=False, prompt_suffix=" ").strip()
        if not text and not required:
            return None
        try:
            return parse(text)
        except ValueError as error:
            typer.echo(f"  {error}")

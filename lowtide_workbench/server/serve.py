"""Runs the embedded AWS until somebody ends it."""

import os
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.deployment.stack import Stack
from lowtide_workbench.aws.lambda_service.function import Function
from lowtide_workbench.aws.protocol.dispatcher import Answers
from lowtide_workbench.aws.virtual_time.clock import STEP_S
from lowtide_workbench.checkout import template
from lowtide_workbench.server import options, state
from lowtide_workbench.server import trace_calendar as trace_times
from lowtide_workbench.server.admin_api import OwnPath
from lowtide_workbench.server.console_log import Narrator
from lowtide_workbench.server.lambda_api import LambdaApi
from lowtide_workbench.server.listener import bind
from lowtide_workbench.server.options import OptionError, Options
from lowtide_workbench.server.run import Run


def serve(wanted: Options, console: Console) -> None:
    """Raises OptionError, StateError or TraceError before anything is served."""
    options.check(wanted)
    managed = options.managed(wanted.stack)
    saved = state.load(wanted.load) if wanted.load else None
    cloud = saved.cloud if saved else Cloud(wanted.start or _present(), wanted.settings)
    with _bound(wanted.port) as bound, cloud:
        if saved:
            saved.unpack()
        _play(wanted, cloud, managed, console)
        narrator = Narrator(cloud, console)
        answers: list[Answers] = [OwnPath(cloud, wanted.speed), cloud.dispatcher]
        if wanted.stack:
            stack = _deploy(cloud, wanted.stack, console)
            narrator.follow(stack, [each.name for each in managed])
            answers.append(LambdaApi(_by_function_name(stack), stack))
        run = Run(cloud, narrator, answers)
        with run.until_ended(bound, wanted.speed, console):
            if wanted.save:
                _save(cloud, wanted.save, console)


def _bound(port: int) -> socket.socket:
    try:
        return bind(port)
    except OSError as error:
        raise OptionError(
            f"--port: {port} cannot be had: {os.strerror(error.errno or 0)}. "
            "End the program that has it, or choose another"
        ) from error


def _present() -> datetime:
    now = datetime.now(UTC).timestamp()
    return datetime.fromtimestamp(now - now % STEP_S, UTC)


def _play(
    wanted: Options, cloud: Cloud, managed: Sequence[ManagedEndpoint], console: Console
) -> None:
    zones = {each.name: each.schedule.timezone for each in managed}
    for endpoint, path in wanted.traffic:
        zone = zones.get(endpoint, ZoneInfo("UTC"))
        sessions = trace_times.sessions(path, cloud.clock.now(), zone)
        cloud.traffic(endpoint, sessions)
        first, last = (datetime.fromtimestamp(at[0], zone) for at in (sessions[0], sessions[-1]))
        console.print(
            f"Traffic: {len(sessions):,} calls on {endpoint}, {first:%a %d %b %H:%M} to "
            f"{last:%a %d %b %H:%M}, {zone.key}",
            highlight=False,
        )


def _deploy(cloud: Cloud, config: Path, console: Console) -> Stack:
    stack = Stack.deploy(cloud, template(), config_path=config.resolve())
    names = ", ".join(_by_function_name(stack))
    console.print(f"Functions: {names}", highlight=False)
    return stack


def _by_function_name(stack: Stack) -> dict[str, Function]:
    return {spec.function_name: stack.functions[spec.name] for spec in stack.template.functions()}


def _save(cloud: Cloud, path: Path, console: Console) -> None:
    left_out = state.save(cloud, path)
    note = f"; not kept: what {', '.join(left_out)} held" if left_out else ""
    console.print(f"Saved in {path}{note}", highlight=False)

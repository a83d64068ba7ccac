"""Builds what `lowtide aws` was asked for, and runs it until it is ended."""

import os
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.aws.virtual_time.clock import STEP_S
from lowtide_workbench.checkout import template
from lowtide_workbench.server import trace_calendar
from lowtide_workbench.server.admin_api import AdminApi
from lowtide_workbench.server.console_log import ConsoleLog
from lowtide_workbench.server.drilled_calls import DrilledCalls
from lowtide_workbench.server.listener import bind
from lowtide_workbench.server.options import OptionError, Options, load_managed
from lowtide_workbench.server.run import Run

type Zones = Mapping[str, ZoneInfo]  # of the endpoints that the file lists


def serve(options: Options, console: Console) -> None:
    """Raises OptionError, TraceError or NoCheckoutError before anything is served."""
    managed = load_managed(options.stack)
    zones = {endpoint.name: endpoint.schedule.timezone for endpoint in managed}
    cloud = Cloud(options.start or _present(), options.settings)
    with _bound(options.port) as bound, cloud:
        _play_traffic(options, cloud, zones, console)
        log = ConsoleLog(cloud, console, zones)
        if options.stack:
            _deploy(cloud, options.stack, console)
        answers = (
            AdminApi(cloud, options.speed),
            DrilledCalls(cloud.faults),
            cloud.dispatcher,
        )
        Run(cloud, log, answers).until_ended(bound, options.speed, console)


def _bound(port: int) -> socket.socket:
    try:
        return bind(port)
    except OSError as error:
        raise OptionError(
            f"--port: {port} cannot be used: {os.strerror(error.errno or 0)}. "
            "End the program that uses it, or choose another port"
        ) from error


def _present() -> datetime:
    now = datetime.now(UTC).timestamp()
    return datetime.fromtimestamp(now - now % STEP_S, UTC)


def _play_traffic(options: Options, cloud: Cloud, zones: Zones, console: Console) -> None:
    for endpoint, path in options.traffic:
        zone = zones.get(endpoint, ZoneInfo("UTC"))
        sessions = trace_calendar.sessions(path, cloud.clock.now(), zone)
        cloud.traffic(endpoint, sessions)
        first, last = (datetime.fromtimestamp(at[0], zone) for at in (sessions[0], sessions[-1]))
        console.print(
            f"Traffic: {len(sessions):,} calls on {endpoint}, {first:%a %d %b %H:%M} to "
            f"{last:%a %d %b %H:%M}, {zone.key}"
        )


def _deploy(cloud: Cloud, config: Path, console: Console) -> None:
    stack = Stack.deploy(cloud, template(), config_path=config.resolve())
    functions = [each.name for each in stack.functions.values()]
    console.print(f"Functions: {', '.join(functions)}")

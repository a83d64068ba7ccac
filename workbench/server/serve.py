"""Runs the embedded AWS until somebody ends it."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from rich.console import Console

from lowtide.domain.endpoints import Managed
from workbench.aws.clock import STEP_S
from workbench.aws.cloud import Cloud
from workbench.aws.lambdas import Function
from workbench.aws.settings import REGION
from workbench.aws.stack import Stack
from workbench.server import options, state, trace_times
from workbench.server.gateway import Answers, Gateway
from workbench.server.lambda_api import LambdaApi
from workbench.server.listener import HOST, listening
from workbench.server.narrator import Narrator
from workbench.server.options import OptionError, Options
from workbench.server.own_path import OwnPath
from workbench.server.pacer import Pacer

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
_STEP = timedelta(seconds=STEP_S)


def serve(wanted: Options, console: Console) -> None:
    """Raises OptionError, StateError or TraceError before anything is served."""
    options.check(wanted)
    managed = options.managed(wanted.stack)
    saved = state.load(wanted.load) if wanted.load else None
    cloud = saved.cloud if saved else Cloud(wanted.start or _present())
    with cloud:
        if saved:
            saved.unpack()
        _play(wanted, cloud, managed, console)
        narrator = Narrator(cloud, console)
        answers: list[Answers] = [OwnPath(cloud, wanted.speed), cloud.dispatcher]
        if wanted.stack:
            stack = _deploy(cloud, wanted.stack, console)
            narrator.follow(stack, [each.name for each in managed])
            answers.append(LambdaApi(_by_function_name(stack)))
        lock = Lock()
        _run(wanted, cloud, Gateway(lock, answers, narrator.tell), narrator, lock, console)
        if wanted.save:
            with lock:
                _save(cloud, wanted.save, console)


def _run(
    wanted: Options,
    cloud: Cloud,
    gateway: Gateway,
    narrator: Narrator,
    lock: Lock,
    console: Console,
) -> None:
    ended = threading.Event()
    errors: list[Exception] = []

    def step() -> None:
        with lock:
            cloud.advance(cloud.clock.now() + _STEP)
            narrator.tell()

    def broken(error: Exception) -> None:
        errors.append(error)
        ended.set()

    with ExitStack() as running:
        running.enter_context(_signals(ended))
        port = running.enter_context(_listening(gateway, wanted.port))
        _welcome(port, wanted.speed, cloud, console)
        if wanted.speed:
            running.enter_context(Pacer(step, wanted.speed, broken))
        ended.wait()
    if errors:
        raise errors[0]


@contextmanager
def _listening(gateway: Gateway, port: int) -> Iterator[int]:
    with ExitStack() as stack:
        try:
            got = stack.enter_context(listening(gateway, port))
        except OSError as error:
            raise OptionError(
                f"--port: {port} cannot be had: {os.strerror(error.errno)}. "
                "End the program that has it, or choose another"
            ) from error
        yield got


@contextmanager
def _signals(ended: threading.Event) -> Iterator[None]:
    """Ctrl-C and a plain `kill` end it, in order."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: ended.set()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _present() -> datetime:
    now = datetime.now(UTC).timestamp()
    return datetime.fromtimestamp(now - now % STEP_S, UTC)


def _play(wanted: Options, cloud: Cloud, managed: Sequence[Managed], console: Console) -> None:
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
    stack = Stack.deploy(cloud, TEMPLATE, config_path=config.resolve())
    names = ", ".join(_by_function_name(stack))
    console.print(f"Functions: {names}", highlight=False)
    return stack


def _by_function_name(stack: Stack) -> dict[str, Function]:
    return {spec.function_name: stack.functions[spec.name] for spec in stack.template.functions()}


def _welcome(port: int, speed: float, cloud: Cloud, console: Console) -> None:
    pace = f"{speed:g} times as fast as real time" if speed else "standing still until stepped"
    console.print(
        f"It is {cloud.clock.now():%a %d %b %Y %H:%M:%S} UTC, {pace}.\n"
        "The embedded AWS listens; Ctrl-C ends it. In another terminal:\n"
        f"export AWS_ENDPOINT_URL=http://{HOST}:{port} AWS_DEFAULT_REGION={REGION}\n"
        "export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing",
        highlight=False,
    )


def _save(cloud: Cloud, path: Path, console: Console) -> None:
    left_out = state.save(cloud, path)
    note = f"; not kept: what {', '.join(left_out)} held" if left_out else ""
    console.print(f"Saved in {path}{note}", highlight=False)

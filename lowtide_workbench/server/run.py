"""Serves a cloud and lets its clock run until Ctrl-C."""

import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial

from rich.console import Console

from lowtide_workbench.aws.account import REGION
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.protocol.dispatcher import Answers
from lowtide_workbench.aws.virtual_time.clock import STEP_S
from lowtide_workbench.server.console_log import ConsoleLog
from lowtide_workbench.server.event_loop import EventLoop
from lowtide_workbench.server.gateway import Gateway
from lowtide_workbench.server.listener import serving
from lowtide_workbench.server.pacer import Pacer

_STEP = timedelta(seconds=STEP_S)


class Run:
    """One run of the server, which ends by Ctrl-C or by an error of the clock."""

    def __init__(self, cloud: Cloud, log: ConsoleLog, answers: Sequence[Answers]) -> None:
        self._cloud = cloud
        self._log = log
        self._answers = answers
        self._ended = threading.Event()
        self._error: Exception | None = None

    def until_ended(self, bound: socket.socket, speed: float, console: Console) -> None:
        with ExitStack() as running:
            running.enter_context(self._signals())
            loop = running.enter_context(EventLoop())
            running.callback(loop.run, self._cloud.sleepers.abandon)
            gateway = Gateway(loop, self._answers, self._log.print_new)
            url = running.enter_context(serving(gateway, bound))
            console.print(self._welcome(url, speed))
            if speed:
                step = partial(loop.run, self._step)
                running.enter_context(Pacer(step, speed, self._end_with))
            self._ended.wait()
        if self._error is not None:
            raise self._error

    def _step(self) -> None:
        self._cloud.advance(self._cloud.clock.now() + _STEP)
        self._log.print_new()

    def _end_with(self, error: Exception) -> None:
        self._error = error
        self._ended.set()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Ends the run in order at Ctrl-C and at a plain `kill`."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, lambda *_: self._ended.set()) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def _welcome(self, url: str, speed: float) -> str:
        pace = f"{speed:g} times real time" if speed else "stopped until it is advanced"
        return (
            f"The clock starts at {self._cloud.clock.now():%a %d %b %Y %H:%M:%S} UTC, {pace}.\n"
            "The embedded AWS listens; Ctrl-C ends it. In another terminal:\n"
            f"export AWS_ENDPOINT_URL={url} AWS_DEFAULT_REGION={REGION}\n"
            "export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing\n"
            "There `lowtide drill --help` says how to make something go wrong for a time."
        )

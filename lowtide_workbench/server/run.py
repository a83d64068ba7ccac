"""A cloud that is served and whose clock runs, until Ctrl-C."""

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
from lowtide_workbench.server.console_log import Narrator
from lowtide_workbench.server.event_loop import Turns
from lowtide_workbench.server.gateway import Gateway
from lowtide_workbench.server.listener import serving
from lowtide_workbench.server.pacer import Pacer

_STEP = timedelta(seconds=STEP_S)


class Run:
    """Requests and the clock take turns."""

    def __init__(self, cloud: Cloud, narrator: Narrator, answers: Sequence[Answers]) -> None:
        self._cloud = cloud
        self._narrator = narrator
        self._answers = answers
        self._ended = threading.Event()
        self._error: Exception | None = None

    @contextmanager
    def until_ended(self, bound: socket.socket, speed: float, console: Console) -> Iterator[None]:
        """Begins once it has ended, with the cloud at rest."""
        with ExitStack() as running:
            running.enter_context(self._signals())
            turns = running.enter_context(Turns())
            running.callback(turns.take, self._cloud.sleepers.abandon)
            gateway = Gateway(turns, self._answers, self._narrator.tell)
            url = running.enter_context(serving(gateway, bound))
            console.print(self._welcome(url, speed), highlight=False)
            if speed:
                step = partial(turns.take, self._step)
                running.enter_context(Pacer(step, speed, self._broken))
            self._ended.wait()
        if self._error is not None:
            raise self._error
        yield

    def _step(self) -> None:
        self._cloud.advance(self._cloud.clock.now() + _STEP)
        self._narrator.tell()

    def _broken(self, error: Exception) -> None:
        self._error = error
        self._ended.set()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl-C and a plain `kill` end it in order."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, lambda *_: self._ended.set()) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def _welcome(self, url: str, speed: float) -> str:
        pace = f"{speed:g} times as fast as real time" if speed else "standing still until stepped"
        return (
            f"It is {self._cloud.clock.now():%a %d %b %Y %H:%M:%S} UTC, {pace}.\n"
            "The embedded AWS listens; Ctrl-C ends it. In another terminal:\n"
            f"export AWS_ENDPOINT_URL={url} AWS_DEFAULT_REGION={REGION}\n"
            "export AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing"
        )

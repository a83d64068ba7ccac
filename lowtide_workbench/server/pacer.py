"""Advances the virtual clock in steps of 10 seconds, paced by the machine's own clock."""

import threading
from collections.abc import Callable
from time import monotonic

from lowtide_workbench.aws.virtual_time.clock import STEP_S

_BREATH_S = 0.001  # between two steps, so that waiting requests get their turn
_DEBT_S = 1.0  # of lost real time is made up for; beyond that the clock is slower


class Pacer:
    """Inside `with`, `step` is called `speed` / 10 times a second, or as often as it can be."""

    def __init__(
        self, step: Callable[[], None], speed: float, on_error: Callable[[Exception], None]
    ) -> None:
        self._step = step
        self._pause = STEP_S / speed
        self._on_error = on_error
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="virtual clock")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        due = monotonic() + self._pause
        while not self._stopped.wait(max(_BREATH_S, due - monotonic())):
            try:
                self._step()
            except Exception as error:
                self._on_error(error)
                return
            due = max(due + self._pause, monotonic() - _DEBT_S)

"""The signals that end a command, as the exception that Ctrl-C raises."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

# A cancelled CI job, and a closed terminal. Windows has no SIGHUP.
_ENDS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def signals_as_ctrl_c() -> Iterator[None]:
    """Raises KeyboardInterrupt for each of them; by default they end the process at once. One that
    is ignored, as nohup does with SIGHUP, stays ignored."""
    before = {number: signal.getsignal(number) for number in _ENDS}
    handled = {number: each for number, each in before.items() if each is not signal.SIG_IGN}
    for number in handled:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)

"""The measured process: a cold start of a function, its first minute and a steady one.

Its environment is that of the function; it prints what it measured.
"""

import importlib.util
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3

ROOT = Path(__file__).parents[3]


class Clock:
    """The real time, except that a sleep ends at once."""

    def __init__(self) -> None:
        self.skipped = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    def sleep(self, seconds: float) -> None:
        self.skipped += timedelta(seconds=seconds)

    def minute(self) -> dict[str, str]:
        """The event of the next whole minute, which the clock skips to."""
        self.sleep(60 - self.now().timestamp() % 60)
        return {"time": self.now().replace(microsecond=0).isoformat()}


def measure(
    function: str,
    clock: Clock,
    done: Callable[[Any], int],
    prepare: Callable[[Any], None] = lambda _: None,
) -> None:
    """`done` counts the endpoints that an answer says were done."""
    calls = _counted_calls()
    context = _context(function)
    with redirect_stdout(sys.stderr):  # the functions' log
        cold, app = _timed(lambda: _app(function))
        prepare(app)
        first, _ = _timed(lambda: app.lambda_handler(clock.minute(), context))
        calls.clear()
        steady, answer = _timed(lambda: app.lambda_handler(clock.minute(), context))
    report = {
        "cold": cold,
        "first": first,
        "steady": steady,
        "calls": calls,
        "peak_mb": _peak_mb(),
        "done": done(answer),
    }
    sys.stdout.write(json.dumps(report))


def _counted_calls() -> Counter[str]:
    calls: Counter[str] = Counter()
    boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    session.events.register(
        "before-send", lambda event_name, **_: calls.update([event_name.rpartition(".")[2]])
    )
    return calls


def _context(function: str) -> SimpleNamespace:
    return SimpleNamespace(
        function_name=function,
        memory_limit_in_mb="512",
        invoked_function_arn=f"arn:aws:lambda:us-east-1:123456789012:function:{function}",
        aws_request_id="00000000-0000-4000-8000-000000000000",
    )


def _app(function: str) -> Any:
    path = ROOT / "functions" / function / "app.py"
    spec = importlib.util.spec_from_file_location("app", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _timed[A](work: Callable[[], A]) -> tuple[dict[str, float], A]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}, result


def _peak_mb() -> float:
    """From /proc where there is one: getrusage includes what the parent had at the fork."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [row for row in status.read_text().splitlines() if row.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)

"""The publisher alone in a process: a cold start, its first minute, and one like all others.

    python -m workbench.publisher_bench.measured

Its environment is a function's; what it measured is its output. It does not sleep: the time until
the next slot is skipped.
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

ROOT = Path(__file__).parents[2]
CONTEXT = SimpleNamespace(
    function_name="publisher",
    memory_limit_in_mb="512",
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:publisher",
    aws_request_id="00000000-0000-4000-8000-000000000000",
)


class Clock:
    """Real but for the sleep, which is over at once."""

    def __init__(self) -> None:
        self.skipped = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    def sleep(self, seconds: float) -> None:
        self.skipped += timedelta(seconds=seconds)

    def minute(self) -> str:
        """The next whole one begins now."""
        now = self.now()
        self.sleep(60 - now.timestamp() % 60)
        return self.now().replace(microsecond=0).isoformat()


def main() -> None:
    calls: Counter[str] = Counter()
    boto3.setup_default_session()
    session: Any = boto3.DEFAULT_SESSION
    session.events.register(
        "before-send", lambda event_name, **_: calls.update([event_name.rpartition(".")[2]])
    )
    with redirect_stdout(sys.stderr):  # the functions' log
        cold, app = _timed(_app)
        clock = Clock()
        app.clock, app.time = clock.now, SimpleNamespace(sleep=clock.sleep)
        first, _ = _timed(lambda: app.lambda_handler({"time": clock.minute()}, CONTEXT))
        calls.clear()
        steady, answer = _timed(lambda: app.lambda_handler({"time": clock.minute()}, CONTEXT))
    report = {
        "cold": cold,
        "first": first,
        "steady": steady,
        "calls": calls,
        "peak_mb": _peak_mb(),
        "read": sum("code" not in each["outcome"] for each in answer["published"]),
    }
    sys.stdout.write(json.dumps(report))


def _app() -> Any:
    spec = importlib.util.spec_from_file_location("app", ROOT / "functions/publisher/app.py")
    if spec is None or spec.loader is None:
        raise ImportError("functions/publisher/app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _timed[A](work: Callable[[], A]) -> tuple[dict[str, float], A]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}, result


def _peak_mb() -> float:
    """getrusage counts what the parent held when it began this process; /proc does not."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [each for each in status.read_text().splitlines() if each.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()

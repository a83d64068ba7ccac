"""Thread pools of a function: what it submits is done at once, one after the other.

So the calls are known to be its own, faults meet them in an order that is always the same, and a
process that has played it may fork. What takes its time adds up here, and does not in AWS.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from lowtide_workbench.aws.virtual_time.waiting import is_invocation

_submit = ThreadPoolExecutor.submit


@contextmanager
def pools_work_in_turn() -> Iterator[None]:
    with patch.object(ThreadPoolExecutor, "submit", _submit_or_do):
        yield


def _submit_or_do(
    pool: ThreadPoolExecutor, work: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> Future[Any]:
    if not is_invocation():
        return _submit(pool, work, *args, **kwargs)
    future: Future[Any] = Future()
    try:
        future.set_result(work(*args, **kwargs))
    except Exception as error:
        future.set_exception(error)
    return future

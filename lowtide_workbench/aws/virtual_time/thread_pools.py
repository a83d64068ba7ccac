"""Thread pools of a function: each submitted call runs at once, in the thread that submits it.

So the calls are attributed to the function, their order for faults never changes, and the process
may fork. The times of the calls add up here; in AWS they overlap.
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
    with patch.object(ThreadPoolExecutor, "submit", _submit_or_run):
        yield


def _submit_or_run(
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

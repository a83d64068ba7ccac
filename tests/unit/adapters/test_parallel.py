"""Many calls at the same time, none of which delays the others for long."""

import threading

from lowtide.adapters.parallel import ParallelMap, one_by_one
from lowtide.domain.errors import UnreachableError

PATIENT_S = 60


def test_results_are_in_the_order_of_the_items() -> None:
    assert list(ParallelMap(4, PATIENT_S)(str, range(100))) == [str(n) for n in range(100)]
    assert list(one_by_one(str, range(3))) == ["0", "1", "2"]


def test_calls_are_made_at_the_same_time() -> None:
    together = threading.Barrier(3, timeout=PATIENT_S)
    found = ParallelMap(3, PATIENT_S)(lambda _: together.wait() >= 0, range(3))
    assert list(found) == [True] * 3


def test_a_call_that_hangs_costs_only_its_own_item() -> None:
    answered, end = threading.Event(), threading.Event()

    def work(item: str) -> str:
        if item == "hangs":
            end.wait(PATIENT_S)
        if item == "answers":
            answered.set()
        return item

    try:
        found = ParallelMap(2, within_s=0.2)(work, ["hangs", "answers", "answers too"])
    finally:
        end.set()
    assert answered.is_set()
    assert isinstance(found[0], UnreachableError)
    assert str(found[0]) == "no answer within 0.2 s"
    assert list(found[1:]) == ["answers", "answers too"]


def test_a_call_that_did_not_start_in_time_never_starts() -> None:
    begun, end = [], threading.Event()

    def work(item: int) -> None:
        begun.append(item)
        end.wait(PATIENT_S)

    pool = ParallelMap(1, within_s=0.2)
    try:
        found = pool(work, range(3))
    finally:
        end.set()
    assert [str(each) for each in found] == [
        "no answer within 0.2 s",
        *["not started within 0.2 s: others took longer"] * 2,
    ]
    assert list(pool(str, [7])) == ["7"]
    assert begun == [0]

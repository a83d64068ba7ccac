"""A thread that steps the clock, and ends with its context."""

import threading

from lowtide_workbench.server.pacer import Pacer


def test_it_steps_until_it_is_left() -> None:
    third = threading.Event()
    steps: list[int] = []

    def step() -> None:
        steps.append(len(steps))
        if len(steps) == 3:
            third.set()

    with Pacer(step, speed=1e6, on_error=lambda error: None):  # noqa: ARG005
        assert third.wait(30)
    count = len(steps)
    assert steps == list(range(count)), "and never two at once"


def test_a_step_that_fails_is_the_last_and_is_handed_on() -> None:
    failed = threading.Event()
    errors: list[Exception] = []

    def step() -> None:
        raise LookupError("lost")

    def on_error(error: Exception) -> None:
        errors.append(error)
        failed.set()

    with Pacer(step, speed=1e6, on_error=on_error):
        assert failed.wait(30)
    assert [str(error) for error in errors] == ["lost"]

"""Plays cases, each from the same instant of the same world: a fork is a saved world.

A process of its own, since a process can hold one cloud, and one without threads, since only that
may fork. It is asked in lines of JSON on stdin, and answers on stdout.
"""

import gc
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any, Self, TextIO

from tests.integration.crash.cases import Case, RecordedCall, Recording
from tests.integration.crash.paths import PATHS, Path
from tests.integration.crash.run import begin, play, record, warm_up
from tests.integration.crash.story import Story
from tests.integration.crash.world import ROOT, World, open_world

_STORY, _LEAVE = ["a story"], ["leave"]
_MAIN = "from tests.integration.crash.setup import main; main()"


class Stage:
    """The side of the tests."""

    def __init__(self) -> None:
        self._recordings: dict[str, Recording] = {}
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", _MAIN],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def recording(self, path: str) -> Recording:
        """The calls of a path that nothing disturbs."""
        if path not in self._recordings:
            calls, messages = self._request([path, []])
            self._recordings[path] = Recording(
                tuple(RecordedCall(*call) for call in calls), messages
            )
        return self._recordings[path]

    def play(self, path: str, cases: Sequence[Case]) -> list[list[str]]:
        """What was wrong with each."""
        wrong: list[list[str]] = self._request([path, cases]) if cases else []
        return wrong

    def begin_story(self) -> "StoryClient":
        self._request(_STORY)
        return StoryClient(self._request)

    def _request(self, line: Sequence[object]) -> Any:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the stage was opened without pipes")
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the stage broke down; its output is above")
        return json.loads(answer)


class StoryClient:
    """Acts in one story, which ends at the first thing that is wrong."""

    def __init__(self, request: Callable[[Sequence[object]], Any]) -> None:
        self._request = request
        self._over = False

    def __call__(self, *act: int | str) -> None:
        if self._over:
            return
        wrong = self._request(act)
        self._over = bool(wrong)
        assert wrong == []

    def end(self) -> None:
        try:
            self("end")
        finally:
            self._request(_LEAVE)


def main() -> None:
    """The side of the process."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    sys.stdout = sys.stderr  # an answer is all that may be there
    with ExitStack() as cleanup:
        world = open_world(cleanup)
        warm_up(world)
        gc.disable()  # each copy ends soon, and a collection would copy the memory that it shares
        gc.freeze()
        for line in sys.stdin:
            asked = json.loads(line)
            if asked == _STORY:
                _in_a_copy(partial(_serve_story, world, answers))
                continue
            path, cases = asked
            answer = _in_a_copy(
                partial(_play_cases, world, PATHS[path], [Case(*case) for case in cases])
            )
            print(json.dumps(answer), file=answers, flush=True)


def _serve_story(world: World, answers: TextIO) -> None:
    """Answers each act; the first answer says that it may begin."""
    story = Story(world)
    print("[]", file=answers, flush=True)
    while (line := sys.stdin.readline()) and (act := json.loads(line)) != _LEAVE:
        print(json.dumps(_or_traceback(partial(story.act, *act))), file=answers, flush=True)
    print("[]", file=answers, flush=True)


def _play_cases(world: World, path: Path, cases: Sequence[Case]) -> Any:
    before = begin(world, path)
    gc.freeze()
    if not cases:
        return record(world, path, before)
    return [_in_a_copy(partial(play, world, path, case, before)) for case in cases]


def _in_a_copy(action: Callable[[], Any]) -> Any:
    """Done by a copy of this process, whose world then ends."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as answer:
            json.dump(_or_traceback(action), answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text)


def _or_traceback(action: Callable[[], Any]) -> Any:
    try:
        return action()
    except Exception:
        return [f"the case broke down: {traceback.format_exc()}"]

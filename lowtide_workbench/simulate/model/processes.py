"""Plays the policies of a question in several processes, and puts the parts together."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from dataclasses import fields, replace
from typing import Any

import numpy as np

from lowtide_workbench.simulate.model.play import Played, Progress, Question, play

_PROCESSES = 2
_WORTH_IT = 200  # lanes: a process takes a second to start
_POLL_S = 0.3
_bins_done: Any = None  # in a process of the pool: an array that it shares with the first one


def play_in_processes(question: Question, progress: Progress) -> Played:
    """Returns what `play` returns; small questions are played in this process."""
    if len(question.policies) * len(question.seeds) < _WORTH_IT:
        return play(question, progress)
    parts = [question.policies[n::_PROCESSES] for n in range(_PROCESSES)]
    context = multiprocessing.get_context("spawn")
    done = context.Array("i", _PROCESSES)
    with ProcessPoolExecutor(_PROCESSES, context, _share, (done,)) as pool:
        futures = [
            pool.submit(_play_part, n, replace(question, policies=part))
            for n, part in enumerate(parts)
        ]
        while wait(futures, _POLL_S, FIRST_EXCEPTION).not_done:
            progress(min(done[:]), len(question.script.bins))
        return together([future.result() for future in futures])


def _share(done: Any) -> None:
    global _bins_done
    _bins_done = done


def _play_part(n: int, question: Question) -> Played:
    def progress(done: int, _: int) -> None:
        _bins_done[n] = done

    return play(question, progress)


def together(parts: Sequence[Played]) -> Played:
    """Policies were dealt out in turn; they are the second axis of every table."""
    tables = {}
    for field in fields(Played):
        dealt = [getattr(part, field.name) for part in parts]
        shape = list(dealt[0].shape)
        shape[1] = sum(table.shape[1] for table in dealt)
        tables[field.name] = np.empty(shape)
        for n, table in enumerate(dealt):
            tables[field.name][:, n :: len(parts)] = table
    return Played(**tables)

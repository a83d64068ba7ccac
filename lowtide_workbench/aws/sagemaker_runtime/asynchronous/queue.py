"""The queue of one endpoint: jobs wait for a worker, run, end. Assumed: first in, first out."""

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from operator import attrgetter

from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.job import End, Job
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.workers import Run, Worker, Workers
from lowtide_workbench.aws.settings import AsynchronousSettings, RemovedWork

_ENDS = {RemovedWork.FAILED: End.INTERRUPTED}


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that has ended; `run` is None where no worker had it."""

    job: Job
    end: End
    at: float
    run: Run | None = None


class JobQueue:
    def __init__(
        self, endpoint: HostedEndpoint, settings: AsynchronousSettings, now: float
    ) -> None:
        self.endpoint = endpoint
        self.running: list[Run] = []
        self._removed_work = settings.removed_work
        self._workers = Workers(settings)
        self._line: deque[Job] = deque()
        self._expiries: list[tuple[float, int, Job]] = []  # a heap
        self._order = count()
        self._now = now

    @property
    def waiting(self) -> list[Job]:
        return [job for job in self._line if job.waiting]

    def add(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self._line.append(job)
            heapq.heappush(self._expiries, (job.expires, next(self._order), job))

    def advance(self, now: float) -> list[Ended]:
        """Begins what begins until `now`, and returns the jobs that have ended."""
        ended = [*self._interrupted(), *self._begin(now), *self._finished(now), *self._expired(now)]
        self._now = now
        return ended

    def _interrupted(self) -> Iterable[Ended]:
        for run in [run for run in self.running if run.interrupted]:
            self.running.remove(run)
            at = run.worker.instance.billed_until
            if self._removed_work is RemovedWork.REDELIVERED:
                self._wait_again(run.job, at)
            else:
                yield Ended(run.job, _ENDS.get(self._removed_work, End.LOST), at, run)

    def _wait_again(self, job: Job, at: float) -> None:
        job.waiting, job.available = True, at
        self._line.appendleft(job)
        heapq.heappush(self._expiries, (job.expires, next(self._order), job))

    def _begin(self, now: float) -> Iterable[Ended]:
        """Gives jobs to workers; returns those that have expired before their turn."""
        workers = self._workers.of(self.endpoint)
        while self._line and workers:
            job = self._line[0]
            worker = min(workers, key=attrgetter("free_at"))
            begins = max(worker.free_at, job.available, self._now)
            if job.waiting and begins > now:
                return
            self._line.popleft()
            if job.waiting and begins >= job.expires:
                job.waiting = False
                yield Ended(job, End.EXPIRED, job.expires)
            elif job.waiting:
                self._run(job, worker, begins)

    def _run(self, job: Job, worker: Worker, begins: float) -> None:
        job.waiting = False
        run = self._workers.begin(job, worker, begins)
        self.endpoint.variants[worker.variant].fleet.serve(worker.instance, run.ends)
        self.running.append(run)

    def _finished(self, now: float) -> Iterable[Ended]:
        finished = [run for run in self.running if run.ends <= now]
        if finished:
            self.running = [run for run in self.running if run.ends > now]
        for run in sorted(finished, key=attrgetter("ends")):
            yield Ended(run.job, run.end, run.ends, run)

    def _expired(self, now: float) -> Iterable[Ended]:
        while self._expiries and self._expiries[0][0] <= now:
            job = heapq.heappop(self._expiries)[2]
            if job.waiting:
                job.waiting = False
                yield Ended(job, End.EXPIRED, job.expires)

"""One rehearsal: the copy is created, reported on, and deleted whatever happened."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.duration import in_words
from lowtide.domain.endpoint import Endpoint, Status
from lowtide.domain.errors import AwsError
from lowtide_cli.rehearse.copies import Copies, Show, client, name_for
from lowtide_cli.rehearse.source import (
    Account,
    CannotBeCreatedError,
    Counts,
    Source,
    config_of,
    cost,
    listed,
    plan,
    source_of,
)

_MINUTE = timedelta(minutes=1)
_WAITS = (
    "SageMaker deletes no endpoint that is Creating: waiting until it is deleted. "
    "Ctrl-C leaves the copy to the next run."
)


def prepare(
    endpoint: str, config: str | None, account: Account, timeout: timedelta, console: Console
) -> "Rehearsal":
    """Reads what is needed and creates nothing. Raises CannotBeCreatedError where the configuration
    or a model is missing, NothingToRehearseError where no configuration is known."""
    sagemaker = client(account.profile, account.region)
    endpoints, copies = Endpoints(sagemaker), Copies(sagemaker, endpoint)
    source = source_of(endpoints, config or config_of(endpoints, endpoint, account))
    if source.missing:
        missing = ", ".join(source.missing)
        raise CannotBeCreatedError(f"{endpoint} cannot be created again. Missing: {missing}")
    return Rehearsal(copies, name_for(endpoint), source, copies.left_over(), timeout, console)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    copies: Copies
    name: str  # of the copy
    source: Source
    left_over: Sequence[str]  # copies of earlier runs
    timeout: timedelta
    console: Console

    def plan(self) -> Iterator[str]:
        return plan(self.name, self.source, self.left_over)

    def run(self, *, keep: bool) -> bool:
        """Returns whether the copy came into service, and is gone unless `keep`."""
        with self._bar() as show:
            for name in self.left_over:
                self.copies.delete(name, show)
        began, copy = datetime.now(UTC), None
        with self._bar() as show:
            try:
                copy = self.copies.create(self.name, self.source.config_name, self.timeout, show)
                self._print(*_outcome(copy, self.timeout))
                if keep and copy.status is Status.IN_SERVICE:
                    self.copies.keep(copy)
                    self._print("The copy stays until you delete it.")
                    return True
            except KeyboardInterrupt:
                self._print("Interrupted.", _WAITS)
            except AwsError as error:
                self._print(f"AWS says: {error}")
            deleted = self._delete(began, copy, show)
        return deleted and copy is not None and copy.status is Status.IN_SERVICE

    def _delete(self, began: datetime, copy: Endpoint | None, show: Show) -> bool:
        try:
            was_there = self.copies.delete(self.name, show)
        except (KeyboardInterrupt, AwsError) as error:
            reason = f": {error}" if str(error) else "."
            self._print(f"The copy is not deleted, and may cost money{reason}")
            self._print("Run this command again, or delete by hand:", f"  {self.name}")
            return False
        if was_there:
            self._print(f"The copy is deleted. {self._spent(copy, datetime.now(UTC) - began)}")
        return True

    def _spent(self, copy: Endpoint | None, lasted: timedelta) -> str:
        """An upper bound where the copy did not come into service: its instances may never have
        started.
        """
        in_service = copy is not None and copy.status is Status.IN_SERVICE
        counts = _live(copy) if copy and in_service else self.source.counts
        usd = cost(counts, lasted)
        what = f"{listed(counts)} for {in_words(lasted)}"
        return f"It cost {'about' if in_service else 'at most'} {f'{usd}: ' if usd else ''}{what}."

    def _print(self, *lines: str) -> None:
        for line in lines:
            self.console.print(line)

    @contextmanager
    def _bar(self) -> Iterator[Show]:
        """The bar is full at the time-out."""
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"))
        began = datetime.now(UTC)
        progress = Progress(
            *columns,
            console=self.console,
            transient=True,
            auto_refresh=False,
            disable=not self.console.is_terminal,
        )
        task = progress.add_task("", total=self.timeout / _MINUTE, at="", visible=False)

        def show(copy: Endpoint) -> None:
            lasted = datetime.now(UTC) - began
            progress.update(
                task,
                description=copy.reported or "Creating",
                completed=lasted / _MINUTE,
                at=in_words(lasted),
                visible=True,
                refresh=True,
            )

        with progress:
            yield show


def _outcome(copy: Endpoint, timeout: timedelta) -> Iterator[str]:
    """Yields lines; how long it took is by SageMaker's clock."""
    if copy.status is Status.CREATING or not copy.created_at or not copy.modified_at:
        yield f"It is not in service after {in_words(timeout)}."
        yield _WAITS
        return
    took = copy.modified_at - copy.created_at
    if copy.status is Status.IN_SERVICE:
        yield f"It came into service after {in_words(took)}, with {listed(_live(copy))}."
    else:
        yield f"It is {copy.reported} after {in_words(took)}. AWS says: {copy.failure or 'nothing'}"


def _live(copy: Endpoint) -> Counts:
    return sum((Counter(variant.live_by_type) for variant in copy.variants), Counter[str]())

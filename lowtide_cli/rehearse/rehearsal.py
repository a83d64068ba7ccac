"""One rehearsal: the copy is created, reported on, and deleted whatever happened."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.console import Console

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.duration import in_words
from lowtide.domain.endpoint import Endpoint, Status
from lowtide.domain.errors import AwsError
from lowtide_cli.rehearse.copies import Copies, NotCreatedError, Show, client, deletion, name_for
from lowtide_cli.rehearse.output import Output
from lowtide_cli.rehearse.signals import signals_as_ctrl_c
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

_WAITS = (
    "SageMaker deletes no endpoint that is Creating: waiting until it is deleted. "
    "Ctrl-C leaves the copy to the next run."
)
_BY_HAND = "Run this command again, or delete it by hand once it is not Creating:"


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
    name = name_for(endpoint)
    by_hand = deletion(sagemaker, account.profile, name)
    left_over, output = copies.left_over(), Output(console)
    return Rehearsal(copies, name, source, left_over, timeout, output, by_hand)


@dataclass(slots=True)
class _Attempt:
    """What is known of the copy."""

    began: datetime
    copy: Endpoint | None = None
    stays: bool = False  # or never came: there is nothing to delete

    @property
    def in_service(self) -> bool:
        return self.copy is not None and self.copy.status is Status.IN_SERVICE


@dataclass(frozen=True, slots=True)
class Rehearsal:
    copies: Copies
    name: str  # of the copy
    source: Source
    left_over: Sequence[str]  # copies of earlier runs
    timeout: timedelta
    output: Output
    deletion: Sequence[str]  # of the copy by hand: lines of a shell

    def plan(self) -> Iterator[str]:
        return plan(self.name, self.source, self.left_over)

    def run(self, *, keep: bool) -> bool:
        """Returns whether the copy came into service, and is gone unless `keep`."""
        with signals_as_ctrl_c():
            with self.output.bar(self.timeout) as show:
                for name in self.left_over:
                    self.copies.delete(name, show)
            attempt = _Attempt(datetime.now(UTC))
            with self.output.bar(self.timeout) as show:
                try:
                    self._create(attempt, show, keep=keep)
                finally:
                    is_done = attempt.stays or self._delete(attempt, show)
        return is_done and attempt.in_service

    def _create(self, attempt: _Attempt, show: Show, *, keep: bool) -> None:
        try:
            attempt.copy = self.copies.create(
                self.name, self.source.config_name, self.timeout, show
            )
            self.output.print(*_outcome(attempt.copy, self.timeout))
            if keep and attempt.in_service:
                self.copies.keep(attempt.copy)
                attempt.stays = True
                self.output.print("The copy stays until you delete it.")
        except KeyboardInterrupt:
            self.output.print("Interrupted.", _WAITS)
        except AwsError as error:
            attempt.stays = isinstance(error, NotCreatedError)
            self.output.print(f"AWS says: {error}")

    def _delete(self, attempt: _Attempt, show: Show) -> bool:
        """Whatever ends it, the copy that is left is named."""
        left = "."
        try:
            self.copies.delete(self.name, show)
            left = ""
        except (KeyboardInterrupt, AwsError) as error:
            left = f": {error}" if str(error) else "."
        finally:
            if left:
                self.output.print(f"The copy is not deleted, and may cost money{left}", _BY_HAND)
                self.output.print(*self.deletion)
        if not left:
            self.output.print(f"The copy is deleted. {self._spent(attempt)}")
        return not left

    def _spent(self, attempt: _Attempt) -> str:
        """An upper bound where the copy did not come into service: its instances may never have
        started.
        """
        lasted = datetime.now(UTC) - attempt.began
        seen = attempt.copy if attempt.in_service else None
        counts = _live(seen) if seen else self.source.counts
        usd = cost(counts, lasted)
        what = f"{listed(counts)} for {in_words(lasted)}"
        return f"It cost {'about' if seen else 'at most'} {f'{usd}: ' if usd else ''}{what}."


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

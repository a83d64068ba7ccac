"""What a rehearsal shows: lines, and a bar while it waits."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from lowtide.domain.duration import in_words
from lowtide.domain.endpoint import Endpoint
from lowtide_cli.rehearse.copies import Show
from lowtide_cli.terminal import SafeConsole

_MINUTE = timedelta(minutes=1)
_CLOSED = (OSError, SystemExit)  # Rich ends the command where the reader of a pipe is gone


class Output:
    """A closed pipe or terminal raises nothing here: a copy that costs money is still deleted."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def print(self, *lines: str) -> None:
        """To standard error once standard output is closed."""
        for line in lines:
            try:
                self._console.print(line)
            except _CLOSED:
                self._console = SafeConsole(stderr=True, highlight=False)
                with suppress(*_CLOSED):
                    self._console.print(line)

    @contextmanager
    def bar(self, timeout: timedelta) -> Iterator[Show]:
        """The bar is full at the time-out."""
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"))
        began = datetime.now(UTC)
        progress = Progress(
            *columns,
            console=self._console,
            transient=True,
            auto_refresh=False,
            disable=not self._console.is_terminal,
        )
        task = progress.add_task("", total=timeout / _MINUTE, at="", visible=False)

        def show(copy: Endpoint) -> None:
            lasted = datetime.now(UTC) - began
            with suppress(*_CLOSED):
                progress.update(
                    task,
                    description=copy.reported or "Creating",
                    completed=lasted / _MINUTE,
                    at=in_words(lasted),
                    visible=True,
                    refresh=True,
                )

        with suppress(*_CLOSED):
            progress.start()
        try:
            yield show
        finally:
            with suppress(*_CLOSED):
                progress.stop()

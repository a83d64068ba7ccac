"""The consoles of all commands: what people, files and AWS wrote is shown as it is written."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.segment import Segment

from lowtide.domain.wording import printable


class SafeConsole(Console):
    """No markup, no emoji codes, and control characters as their escapes: a stored reason must not
    write to the reader's clipboard. Rich strips only BEL, BS, VT, FF and CR."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, **options)

    def render(self, *args: Any, **kwargs: Any) -> Iterable[Segment]:
        for segment in super().render(*args, **kwargs):
            text, style, control = segment
            yield segment if control else Segment(printable(text), style)

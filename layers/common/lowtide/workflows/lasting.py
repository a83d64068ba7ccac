"""Since when has something been wrong, without a break? As far as a container remembers."""

from collections.abc import Iterable, Mapping
from datetime import datetime


class Lasting:
    """A new container begins anew: it tells of a fault later, and never too long a time."""

    def __init__(self) -> None:
        self._since: Mapping[str, datetime] = {}

    def note(self, wrong: Iterable[str], now: datetime) -> Mapping[str, datetime]:
        """By name. Whoever is not wrong now is forgotten."""
        self._since = {name: self._since.get(name, now) for name in wrong}
        return self._since

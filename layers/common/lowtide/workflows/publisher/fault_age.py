"""Since when has something been wrong, without a break? As far as a container remembers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# A container may have been given other shards meanwhile, or have rested while another ran.
_UNSEEN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Spell:
    since: datetime
    seen: datetime


class Lasting:
    """A new container begins anew: it tells of a fault later."""

    def __init__(self) -> None:
        self._spells: Mapping[str, _Spell] = {}

    def note(
        self, wrong: Collection[str], measured: Collection[str], now: datetime
    ) -> Mapping[str, datetime]:
        """By name. Who was `measured` and is not wrong is forgotten; of others nothing is known."""
        kept = {
            name: spell
            for name, spell in self._spells.items()
            if now - spell.seen <= _UNSEEN and (name in wrong or name not in measured)
        }
        found = {name: kept[name].since if name in kept else now for name in wrong}
        self._spells = kept | {name: _Spell(since, now) for name, since in found.items()}
        return found

"""Time zones as people write them. Only what the pinned `tzdata` knows, on every machine."""

import re
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from lowtide.validation import closest

_NAME_A_CITY = (
    "name a city, for example America/New_York, or UTC; abbreviations such as EST and offsets "
    "such as UTC+2 mislead about daylight saving"
)
_ABBREVIATION = re.compile(r"[A-Z]{2,4}(\d\d?([A-Z]{3})?)?")
_ZERO_OFFSET = re.compile(r"Etc/GMT[+-]?0")
_OFFSET = re.compile(r"(UTC|GMT|Z)?[+-]?\d{1,2}(:?\d\d)?|Z", re.IGNORECASE)
_COUNTRIES = frozenset({"GB", "NZ"})
_LIKENESS = 0.8


def parse_zone(value: object) -> ZoneInfo:
    """Raises ValueError with what was probably meant."""
    if not isinstance(value, str) or value not in known_zones():
        guess = _closest_zone(value) if isinstance(value, str) else None
        msg = f"not an IANA time zone; {f'did you mean {guess!r}?' if guess else _NAME_A_CITY}"
        raise ValueError(msg)
    return ZoneInfo(value)


@cache
def known_zones() -> frozenset[str]:
    """Without the abbreviations and offsets among IANA's names, whose clocks mislead."""
    names = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(name for name in names if name == "UTC" or not _misleads(name))


def _misleads(name: str) -> bool:
    if _ZERO_OFFSET.fullmatch(name):  # UTC by another name, whatever the sign
        return False
    is_abbreviation = _ABBREVIATION.fullmatch(name) and name not in _COUNTRIES
    return bool(is_abbreviation or name == "Factory" or _OFFSET.fullmatch(name.split("/")[-1]))


def _closest_zone(name: str) -> str | None:
    """By its full name, else by its city: two cities of one continent are not alike."""
    written = name.strip().replace(" ", "_")
    if _misleads(written) or _misleads(written.rpartition("/")[2]):
        return None
    by_lower = {zone.lower(): zone for zone in known_zones()}
    if zone := by_lower.get(written.lower()):
        return zone
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(known_zones())}
    guess = closest(written.rpartition("/")[2], cities, _LIKENESS)
    return cities[guess] if guess else None

"""Time zones as people write them. Only what the pinned `tzdata` knows, on every machine."""

import re
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from lowtide.validation import closest

_EXAMPLE = "for example America/New_York, or UTC"
_CITIES = {
    **dict.fromkeys(("EST", "EDT", "ET", "EST5EDT"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT", "CT", "CST6CDT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT", "MT", "MST7MDT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT", "PT", "PST8PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("CET", "CEST", "MET"), "Europe/Berlin"),
    **dict.fromkeys(("EET", "EEST"), "Europe/Athens"),
    **dict.fromkeys(("WET", "WEST"), "Europe/Lisbon"),
    **dict.fromkeys(("GMT", "BST"), "Europe/London"),
    "IST": "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem",
    "PRC": "Asia/Shanghai",
    "ROC": "Asia/Taipei",
    "ROK": "Asia/Seoul",
    "UCT": "UTC",
    "HST": "Pacific/Honolulu",
    "JST": "Asia/Tokyo",
    "AEST": "Australia/Sydney",
}
_WELL_KNOWN = (*_CITIES.values(), "US/Eastern")
_ABBREVIATION = re.compile(r"(?P<letters>[A-Z]{2,4})(\d\d?([A-Z]{3})?)?")
_OFFSET = re.compile(r"(UTC|GMT|Z)?[+-]?\d{1,2}(:?\d\d)?|Z", re.IGNORECASE)
_POSIX = re.compile(r"Etc/GMT(?P<sign>[+-])(?P<hours>\d{1,2})")
_LANDS = frozenset({"GB", "NZ"})


def parse_zone(value: object) -> ZoneInfo:
    """Raises ValueError with what was probably meant."""
    if not isinstance(value, str) or value not in known_zones():
        raise ValueError(_fault(value))
    return ZoneInfo(value)


@cache
def known_zones() -> frozenset[str]:
    """Without the abbreviations and offsets among IANA's names, whose clocks mislead."""
    names = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(name for name in names if name == "UTC" or not _misleads(name))


def _misleads(name: str) -> bool:
    is_abbreviation = _ABBREVIATION.fullmatch(name) and name not in _LANDS
    return bool(is_abbreviation or name == "Factory" or _OFFSET.fullmatch(name.split("/")[-1]))


def _fault(value: object) -> str:
    name = value.strip() if isinstance(value, str) else ""
    if not name:
        return f"no time zone; write {_EXAMPLE}"
    if name.lower() in ("local", "localtime", "system"):
        return f"in Lambda the local clock is UTC; name a city, {_EXAMPLE}"
    if posix := _POSIX.fullmatch(name):
        side = "behind" if posix["sign"] == "+" else "ahead of"
        turned = f"the sign is POSIX's: this is {posix['hours']} h {side} UTC, all year"
        return f"{turned}; name a city, {_EXAMPLE}"
    if _OFFSET.fullmatch(name):
        return f"an offset knows no daylight saving; name a city, {_EXAMPLE}"
    letters = _ABBREVIATION.fullmatch(name.upper())
    if letters and (city := _CITIES.get(letters["letters"])):
        said = "an abbreviation may mean several clocks, some without daylight saving"
        return f"{said}; name a city, for example {city}"
    return f"not an IANA time zone; {_nearest_place(name)}"


def _nearest_place(name: str) -> str:
    zones = known_zones()
    in_region = sorted(zone for zone in zones if zone.startswith(f"{name}/"))
    if in_region:
        city = next((zone for zone in in_region if zone in _WELL_KNOWN), in_region[0])
        return f"{name} is a region; name a city in it, for example {city}"
    by_city = {zone.rpartition("/")[2]: zone for zone in sorted(zones)}
    city = closest(name.replace(" ", "_"), by_city, likeness=0.75) or ""
    meant = closest(name, zones) or by_city.get(city)
    return f"did you mean {meant!r}?" if meant else f"name a city, {_EXAMPLE}"

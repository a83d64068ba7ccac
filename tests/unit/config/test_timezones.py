"""What is a time zone, and where its rules come from."""

import os
import re
import subprocess
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lowtide import config
from lowtide.config.cities import ZONE_OF_CITY
from lowtide.config.timezones import known_zones

CITY = (
    "name a city, for example America/New_York, or UTC; abbreviations such as EST and offsets "
    "such as UTC+2 mislead about daylight saving"
)
NOT_IANA = "not an IANA time zone; "


MEANT = f"{NOT_IANA}did you mean "
ZONES = {
    "a mistyped name": ("Europe/Berln", f"{MEANT}'Europe/Berlin'?"),
    "a blank after it": ("America/New_York ", f"{MEANT}'America/New_York'?"),
    "in small letters": ("us/eastern", f"{MEANT}'US/Eastern'?"),
    "in small letters, by its whole name": ("canada/central", f"{MEANT}'Canada/Central'?"),
    "a city as people write it": ("new york", f"{MEANT}'America/New_York'?"),
    "a city in the wrong part of the world": ("Asia/Berlin", f"{MEANT}'Europe/Berlin'?"),
    "a city that is written like Dubai": ("Asia/Mumbai", f"{MEANT}'Asia/Kolkata'?"),
    "a city by an older name": ("Asia/Peking", f"{MEANT}'Asia/Shanghai'?"),
    "a city by its German name": ("Europe/Kiew", f"{MEANT}'Europe/Kyiv'?"),
    "a capital that IANA has no name for": ("Asia/Hanoi", f"{MEANT}'Asia/Ho_Chi_Minh'?"),
    "a city that IANA has no name for, alone": ("San Francisco", f"{MEANT}'America/Los_Angeles'?"),
    "a city that does not exist": ("Europe/Nowhere", f"{NOT_IANA}{CITY}"),
    "a directory of the zone files": ("America", f"{NOT_IANA}{CITY}"),
    "a path that leads out": ("../x", f"{NOT_IANA}{CITY}"),
    "a file of the machine": ("/etc/passwd", f"{NOT_IANA}{CITY}"),
    "nothing": ("", f"{NOT_IANA}{CITY}"),
    "Local, which in Lambda is UTC": ("Local", f"{NOT_IANA}{CITY}"),
    "EST, which has no summer": ("EST", f"{NOT_IANA}{CITY}"),
    "a POSIX rule": ("EST5EDT", f"{NOT_IANA}{CITY}"),
    "IST, of which there are three": ("IST", f"{NOT_IANA}{CITY}"),
    "UTC+2": ("UTC+2", f"{NOT_IANA}{CITY}"),
    "an offset alone": ("+05:30", f"{NOT_IANA}{CITY}"),
    "Etc/GMT+1, whose sign is the other way round": ("Etc/GMT+1", f"{NOT_IANA}{CITY}"),
}


@pytest.mark.parametrize(("zone", "message"), ZONES.values(), ids=ZONES)
def test_what_is_not_a_time_zone_is_rejected(zone: str, message: str) -> None:
    (field_error,) = config.parse(f'timezone: "{zone}"').errors
    assert str(field_error) == f"timezone: {zone!r}: {message}"


def test_every_city_has_a_zone_and_none_of_its_own() -> None:
    assert set(ZONE_OF_CITY.values()) <= known_zones()
    assert not {zone.rpartition("/")[2] for zone in known_zones()} & ZONE_OF_CITY.keys()


@pytest.mark.parametrize("zone", ["Etc/GMT", "Etc/GMT0", "Etc/GMT+0", "Etc/GMT-0", "Etc/UCT"])
def test_the_names_of_utc_are_accepted(zone: str) -> None:
    assert config.parse(f"timezone: {zone}").errors == ()


@pytest.mark.parametrize("zone", ["5", "", "[UTC]", "2026-01-01"])
def test_a_zone_that_is_not_text_is_rejected(zone: str) -> None:
    (field_error,) = config.parse(f"timezone: {zone}").errors
    assert field_error.path == "timezone"


def test_every_zone_that_is_accepted_is_a_clock() -> None:
    assert {"UTC", "America/New_York", "Japan", "GB", "Etc/UTC"} <= known_zones()
    assert all(ZoneInfo(zone).key == zone for zone in known_zones())


def test_the_zones_come_with_the_layer() -> None:
    """Lambda's own may be older, or none: rules change several times a year."""
    pinned = Path("layers/common/requirements.txt").read_text(encoding="utf-8")
    assert re.search(rf"^tzdata=={version('tzdata')} ", pinned, re.MULTILINE)


def test_what_the_machine_takes_new_york_for_does_not_matter(tmp_path: Path) -> None:
    machines_own = tmp_path / "America" / "New_York"
    machines_own.parent.mkdir()
    machines_own.write_bytes(files("tzdata").joinpath("zoneinfo/Asia/Tokyo").read_bytes())
    program = (
        "from datetime import datetime; from lowtide.config.timezones import parse_zone;"
        "print(datetime(2026, 7, 1, tzinfo=parse_zone('America/New_York')).utcoffset())"
    )
    done = subprocess.run(  # noqa: S603 - this very interpreter
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONTZPATH": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "-1 day, 20:00:00\n"

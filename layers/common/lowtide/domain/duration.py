"""Durations as people write them: 90s, 35m, 2h, 1h30m, 3d."""

import re
from datetime import timedelta

_PATTERN = re.compile(
    r"(?:(?P<days>\d{1,3})d)?(?:(?P<hours>\d{1,4})h)?(?:(?P<minutes>\d{1,5})m)?"
    r"(?:(?P<seconds>\d{1,6})s)?",
    re.ASCII,
)


def parse_duration(value: object) -> timedelta:
    """Raises ValueError with what would be valid."""
    match = _PATTERN.fullmatch(value) if isinstance(value, str) else None
    if not match or not value:
        msg = "not a duration; write for example 90s, 35m, 2h, 1h30m or 3d"
        raise ValueError(msg)
    return timedelta(**{unit: int(number or 0) for unit, number in match.groupdict().items()})


def in_words(duration: timedelta) -> str:
    """Whole minutes: `35 min`, `2 h`, `1 h 30 min`."""
    hours, minutes = divmod(duration // timedelta(minutes=1), 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{minutes} min"] if minutes or not hours else parts)

"""What the advice is about: the requests, the package, and when there is traffic."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from lowtide.domain.duration import parse_duration

HOUR, MINUTE, WEEK = timedelta(hours=1), timedelta(minutes=1), timedelta(weeks=1)
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_HOURS = re.compile(r"(?i)([a-z,-]+) +(\d\d):(\d\d) ?- ?(\d\d):(\d\d)", re.ASCII)
_TIMES = re.compile(r"(\d{1,4}) ?x ?(\w+)", re.ASCII)
_FORMS = "write `always`, hours such as 'Mon-Fri 08:00-20:00', or '28 x 30m' for 28 times a week"

TRAFFIC = {
    "streams": "bidirectional streams, such as live speech",
    "requests": "requests that are answered at once",
    "jobs": "requests whose results may come later",
}
PACKAGES = {
    "own": "your own container or model",
    "deepgram": "a package of Deepgram, from the AWS Marketplace",
    "marketplace": "another package from the AWS Marketplace",
}


@dataclass(frozen=True, slots=True)
class When:
    """`pattern` is always, hours (known before) or bursts (not known before). `windows` are the
    cron expressions of the hours."""

    pattern: str
    times_a_week: float
    each: timedelta
    windows: Sequence[tuple[str, str]] = ()
    timezone: str = "America/New_York"

    @property
    def busy(self) -> timedelta:
        """The time with traffic in a week."""
        return self.times_a_week * self.each


@dataclass(frozen=True, slots=True)
class Workload:
    """What is None is not known. `types` have a capacity, or None where it was not measured."""

    traffic: str | None = None
    package: str | None = None
    when: When | None = None
    types: Mapping[str, float | None] | None = None
    instances: int = 1
    models: int = 1
    wait: timedelta | None = None
    payload_mb: float | None = None
    longest: timedelta | None = None


def parse_when(text: str) -> When:
    """Raises ValueError with what would be valid."""
    if text.strip().lower() == "always":
        return When("always", 1, WEEK)
    if hours := _HOURS.fullmatch(text.strip()):
        return _hours(*hours.groups())
    if times := _TIMES.fullmatch(text.strip()):
        return _bursts(int(times[1]), parse_duration(times[2]))
    raise ValueError(_FORMS)


def parse_types(texts: Sequence[str]) -> Mapping[str, float | None]:
    """`TYPE` or `TYPE:STREAMS`. Raises ValueError with what would be valid."""
    types: dict[str, float | None] = {}
    for text in texts:
        name, _, streams = text.partition(":")
        if not re.fullmatch(r"ml\.[a-z0-9-]+\.[a-z0-9]+", name):
            msg = (
                f"{text!r}; write for example ml.g6.2xlarge, or ml.g6.2xlarge:10 with its capacity"
            )
            raise ValueError(msg)
        if streams and not (re.fullmatch(r"\d+(\.\d+)?", streams) and float(streams) > 0):
            msg = f"{text!r}: the capacity is a number of streams above 0"
            raise ValueError(msg)
        types[name] = float(streams) if streams else None
    return types


def _hours(days: str, *clock: str) -> When:
    wanted = _day_numbers(days)
    begin, end = (timedelta(hours=int(h), minutes=int(m)) for h, m in (clock[:2], clock[2:]))
    if (
        max(begin, end) >= timedelta(days=1)
        or begin == end
        or not all(int(m) < 60 for m in clock[1::2])
    ):
        raise ValueError(_FORMS)
    overnight = end < begin
    stops = [(day + overnight) % 7 for day in wanted]
    windows = [(_cron(clock[:2], wanted), _cron(clock[2:], stops))]
    return When("hours", len(wanted), end - begin + overnight * timedelta(days=1), windows)


def _day_numbers(text: str) -> list[int]:
    """`Mon-Fri`, `Sat-Mon`, `Mon,Thu` or `daily`."""
    if text.lower() == "daily":
        return [*range(7)]
    numbers: list[int] = []
    for part in text.upper().split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ValueError(_FORMS)
        begin, end = _DAYS.index(first), _DAYS.index(last or first)
        numbers += [(begin + n) % 7 for n in range((end - begin) % 7 + 1)]
    return sorted(set(numbers))


def _cron(clock: Sequence[str], days: Sequence[int]) -> str:
    hour, minute = map(int, clock)
    first, last = days[0], days[-1]
    in_a_row = len(days) > 1 and [*days] == [*range(first, last + 1)]
    named = f"{_DAYS[first]}-{_DAYS[last]}" if in_a_row else ",".join(_DAYS[day] for day in days)
    return f"{minute} {hour} * * {'*' if len(days) == 7 else named}"


def _bursts(times: int, each: timedelta) -> When:
    if times < 1 or each <= timedelta(0) or times * each > WEEK:
        msg = f"{times} times {each} is not within a week; {_FORMS}"
        raise ValueError(msg)
    return When("bursts", times, each)

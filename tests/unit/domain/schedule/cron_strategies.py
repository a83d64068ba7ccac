"""Random cron expressions: as a person may write them, and in words that cronsim understands.

cronsim knows no wrapped ranges, long names or AWS's cron(...): for those the values meant are
counted out here along the calendar's own names, so that nothing is translated by lowtide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_LONG_WEEKDAYS = ["sunday", "Monday", "tues", "Wednes", "THURS", "friday", "satur"]
_NUMBERS = [str(n) for n in range(60)]
_FORMS = ["value", "value", "range", "range with step", "star with step"]


@dataclass(frozen=True)
class Written:
    """The same minutes twice."""

    text: str
    oracle: str


Field = st.SearchStrategy[Written]


def weighted[T](*weights: tuple[int, st.SearchStrategy[T]]) -> st.SearchStrategy[T]:
    """Unlike one_of, which takes the same strategy once however often it is named."""
    chosen = [strategy for weight, strategy in weights for _ in range(weight)]
    return st.sampled_from(chosen).flatmap(lambda strategy: strategy)


def same(*texts: str) -> Field:
    """What cronsim reads as it was written."""
    return st.sampled_from([Written(text, text) for text in texts])


def lists(words: Sequence[str], *spellings: Sequence[str], steps_to_end: bool = True) -> Field:
    """One or two parts: a value, a range that may wrap, each with or without a step.

    `words` are the oracle's, from the field's first value to its last; each of `spellings` is
    another way to write the same values.
    """
    index = st.integers(0, len(words) - 1)
    forms = [*_FORMS, "value with step"] if steps_to_end else _FORMS
    part = st.builds(
        _part,
        st.just(words),
        st.sampled_from([words, *spellings]),
        index,
        index,
        st.integers(1, len(words) + 1),
        st.sampled_from(forms),
    )
    return st.lists(part, min_size=1, max_size=2).map(_joined)


def _part(
    words: Sequence[str], spelling: Sequence[str], low: int, high: int, step: int, form: str
) -> Written:
    count = len(words)
    length = (high - low) % count + 1
    text, meant = {
        "value": (spelling[low], range(low, low + 1)),
        "range": (f"{spelling[low]}-{spelling[high]}", range(low, low + length)),
        "range with step": (
            f"{spelling[low]}-{spelling[high]}/{step}",
            range(low, low + length, step),
        ),
        "star with step": (f"*/{step}", range(0, count, step)),
        "value with step": (f"{spelling[low]}/{step}", range(low, count, step)),
    }[form]
    return Written(text, ",".join(words[n % count] for n in meant))


def _joined(parts: Sequence[Written]) -> Written:
    return Written(",".join(p.text for p in parts), ",".join(p.oracle for p in parts))


EVERY = same("*")
MINUTES = st.one_of(
    same("0", "30", "59", "*/10", "*/15", "5/20", "*"),
    st.integers(0, 59).map(lambda n: Written(str(n), str(n))),
    lists(_NUMBERS),
)
HOURS = st.one_of(
    same("*", "*/6", "0", "1", "2", "3", "22", "23", "8-18", "2/7"),
    st.integers(0, 23).map(lambda n: Written(str(n), str(n))),
    lists(_NUMBERS[:24]),
)
MONTHS_OR_ANY = weighted(
    (3, EVERY),
    (
        1,
        lists(MONTHS, _NUMBERS[1:13], ["Janua", "febr", "march", *[m.lower() for m in MONTHS[3:]]]),
    ),
)
DAYS = st.one_of(
    same("L", "1", "15,L", "1-7", "28-31", "30,1", "29,L"),
    lists(_NUMBERS[1:32]).filter(lambda day: any(int(n) < 29 for n in day.oracle.split(","))),
)
WEEKDAY_LISTS = st.one_of(
    lists(WEEKDAYS, _NUMBERS[:7], _LONG_WEEKDAYS, steps_to_end=False),
    same("7", "0,7", "5-7", "0-7", "6-7", "7-7", "1-7/2", "0-7/7", "3,7"),
)
AWS_WEEKDAY_LISTS = lists(WEEKDAYS, _NUMBERS[1:8], _LONG_WEEKDAYS)
_PLAIN_DAYS = same("1", "13", "1,15", "28-31", "L")
_PLAIN_WEEKDAYS = same("MON", "5", "7", "SAT,SUN", "MON-FRI")


@st.composite
def expressions(draw: st.DrawFn) -> Written:
    """In either dialect: every day, by weekday, by day of the month, by both, or on Feb 29."""
    minute, hour, month = draw(MINUTES), draw(HOURS), draw(MONTHS_OR_ANY)
    aws = draw(st.booleans())
    day = weekday = Written("*", "*")
    match draw(st.sampled_from(["every day", "weekday", "weekday", "day", "both", "Feb 29"])):
        case "weekday":
            weekday = draw(AWS_WEEKDAY_LISTS if aws else WEEKDAY_LISTS)
        case "day":
            day = draw(DAYS)
        case "both":
            day, weekday, aws = draw(_PLAIN_DAYS), draw(_PLAIN_WEEKDAYS), False
        case "Feb 29":
            day, month = Written("29", "29"), Written("FEB", "FEB")
    oracle = " ".join(part.oracle for part in (minute, hour, day, month, weekday))
    if aws:
        days = f"? {month.text} {weekday.text}" if day.text == "*" else f"{day.text} {month.text} ?"
        return Written(f"cron({minute.text} {hour.text} {days} *)", oracle)
    fields = (minute, hour, day, month, weekday)
    return Written(" ".join(part.text for part in fields), oracle)

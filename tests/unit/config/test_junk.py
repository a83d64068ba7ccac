"""Whatever a file holds, the parser answers, with errors or with a schedule that can be asked."""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from lowtide import config
from lowtide.domain.schedule import cron
from lowtide.domain.schedule.schedule import is_awake, transitions

NOW = datetime(2026, 11, 22, 3, 4, tzinfo=UTC)
A_WEEK = timedelta(days=7)
KEYS = (
    *("timezone", "schedules", "endpoints", "windows", "start", "stop", "closed", "open", "from"),
    *("to", "country", "subdivision", "ready", "name", "schedule", "config", "drain", "deadline"),
    *("then", "scaling", "capacity", "reference", "delete_cloudformation_owned", "[key]", "<date>"),
)
WORDS = (
    *("America/New_York", "always", "o", "0 8 * * *", "0 20 * * MON-FRI", "cron(0 8 ? * 2 *)"),
    *("2026-12-24", "2026-12-29T9:00", "2026-12-29T24:00Z", "US", "NY", "at-start", "e", "35m"),
    *("<inline>", "0 8 31 2 *", "Etc/GMT+1", "9999-99-99", "2100-12-31T24:00"),
)
CRON_PARTS = (
    *("*", "*/15", "1-5", "MON-FRI", "fri-mon", "0", "31", "L", "29", "2", "59", "23", "?", "7"),
    *("1/10", "5-1/2", "cron(", ")", "*/0", "-", ",", "/", "#", "@daily", "JAN", "TZ=UTC", "99999"),
)

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates()
    | st.sampled_from(WORDS) | st.sampled_from(WORDS) | st.just(10**400)
)  # fmt: skip
keys = st.sampled_from(KEYS) | st.sampled_from(KEYS) | st.text(max_size=5) | st.integers(0, 3)
junk = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6)
    ),
    max_leaves=30,
)  # fmt: skip


zones = st.sampled_from(["America/New_York", "Pacific/Chatham", "Asia/Kathmandu", "UTC"])
times = st.sampled_from(["0 8", "30 2", "59 23", "*/15 22", "0 1-5"])
days = st.sampled_from(["* * *", "* * MON-FRI", "31 * *", "29 2 *", "L * *", "1 * SUN"])
crons = st.builds("{} {}".format, times, days)
dates = st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(str)
spans = st.builds(
    lambda start, length: {
        "from": f"{start:%Y-%m-%dT%H:%M}",
        "to": f"{start + length:%Y-%m-%dT%H:%M}",
    },
    st.datetimes(datetime(2026, 11, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - a local clock
    st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
)
ranges = st.tuples(dates, dates).map(sorted).map(lambda pair: {"from": pair[0], "to": pair[1]})
holidays = st.sampled_from([{"country": "US", "subdivision": "NY"}, {"country": "NO"}])
rules = {
    "timezone": zones,
    "closed": st.lists(dates | ranges | holidays, max_size=3),
    "open": st.lists(spans, max_size=3),
    "ready": st.sampled_from(["at-start", "after-start"]),
}
windows = st.fixed_dictionaries({"start": crons, "stop": crons}, optional={"timezone": zones})
schedules = st.fixed_dictionaries(
    {"windows": st.lists(windows, min_size=1, max_size=3)}, optional=rules
)
endpoints = st.fixed_dictionaries(
    {
        "name": st.text("abcdefgh", min_size=1, max_size=8),
        "schedule": st.just("o") | st.just("always") | schedules,
    },
    optional=rules | {"config": st.just("a") | st.just(["a", "b"])},
)
files = st.fixed_dictionaries(
    {
        "timezone": zones,
        "schedules": st.fixed_dictionaries({"o": schedules}),
        "endpoints": st.lists(endpoints, min_size=1, max_size=3),
    }
)


def places(raw: object) -> list[tuple[Any, Any]]:
    """Every value of a nested one, as what holds it and its key there."""
    if not isinstance(raw, dict | list):
        return []
    inside = list(raw.items() if isinstance(raw, dict) else enumerate(raw))
    return [(raw, key) for key, _ in inside] + [p for _, value in inside for p in places(value)]


@st.composite
def spoilt_files(draw: st.DrawFn) -> object:
    """A good file with junk in one or two places."""
    raw = deepcopy(draw(files))
    for _ in range(draw(st.integers(0, 2))):
        holder, key = draw(st.sampled_from(places(raw)))
        holder[key] = draw(junk)
    return raw


def as_yaml(raw: object) -> str:
    stream = StringIO()
    YAML(typ="safe", pure=True).dump(raw, stream)
    return str(stream.getvalue())


def answers(text: str) -> None:
    parsed = config.parse(text)
    assert all(str(field_error) and len(str(field_error)) < 5_000 for field_error in parsed.errors)
    for endpoint in parsed.endpoints:
        awake = is_awake(endpoint.schedule, NOW)
        changes = transitions(endpoint.schedule, NOW + timedelta(seconds=1), NOW + A_WEEK)
        assert all(change.awake is not awake for change in islice(changes, 1))


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="abn:-[]{}#&*!|>'\"%@` \n\t0123.,~?<=\\"))
def test_any_text_is_answered(text: str) -> None:
    answers(text)


@settings(deadline=None, max_examples=60)
@given(spoilt_files() | junk)
def test_any_values_in_any_place_are_answered(raw: object) -> None:
    answers(as_yaml(raw))


@settings(deadline=None, max_examples=500)
@given(
    st.lists(st.sampled_from(CRON_PARTS), max_size=6).map(" ".join)
    | st.text(max_size=30)
    | st.text(alphabet="0123456789*/-,?L \n", max_size=30)
)
def test_any_expression_is_rejected_or_fires(text: str) -> None:
    try:
        parsed = cron.parse_cron(text)
    except ValueError:
        return
    fires = cron.fires_after(parsed, ZoneInfo("America/New_York"), NOW)
    assert [fire.at > NOW for fire in islice(fires, 2)] == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"' + "\\n" * 200_000, id="a quote left open"),
        pytest.param("&a *a " * 1_000, id="anchors"),
        pytest.param('"0 ' + "1," * 100_000 + '8 * * *"', id="a long list of hours"),
    ],
)
def test_a_large_strange_file_is_answered(text: str) -> None:
    answers(f"endpoints: {text}")

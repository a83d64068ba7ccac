"""The shape of a schedule in the file. The descriptions are what an editor shows."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
)

from lowtide.config.cross_checked import CrossChecked
from lowtide.config.fields import GIVEN, Cron, Entry, LocalDate, Moment, Timezone, text_schema
from lowtide.config.holidays import parse_country, parse_subdivision
from lowtide.domain.schedule import (
    ClosedDates,
    ClosedOn,
    PublicHolidays,
    Schedule,
    Span,
    Window,
    in_timezone,
)

_MOST_WINDOWS, _MOST_EXCEPTIONS = 50, 1_000
_LONGEST_SPAN = timedelta(days=366)  # every edge of a window within it is looked at for its end
_ONE_DATE, _DATES, _HOLIDAYS = CLOSED_FORMS = ("<date>", "<dates>", "<holidays>")
Ready = Literal["at-start", "after-start"]


class WindowEntry(CrossChecked):
    start: Cron = Field(description="Awake from this minute of the local clock: a cron expression.")
    stop: Cron = Field(description="Asleep from this very minute of the local clock on.")
    timezone: Timezone = Field(
        default=None, description="Its own clock, instead of the schedule's."
    )

    @classmethod
    def conflicts(cls, valid: Mapping[str, Any], context: Any) -> Iterator[str]:  # noqa: ARG003
        start, stop = valid.get("start"), valid.get("stop")
        if start and stop and start.normalized == stop.normalized:
            yield "start and stop are the same; for an endpoint that never sleeps use `always`"


type Country = Annotated[
    str, BeforeValidator(parse_country), text_schema(pattern=r"^[A-Z]{2}$", examples=["US", "DE"])
]


class DatesEntry(CrossChecked):
    """Dates of the local clock, both included."""

    first: LocalDate = Field(alias="from")
    last: LocalDate = Field(alias="to")

    @classmethod
    def conflicts(cls, valid: Mapping[str, Any], context: Any) -> Iterator[str]:  # noqa: ARG003
        first, last = valid.get("first"), valid.get("last")
        if first and last and last < first:
            yield f"`to` is before `from`; write {{from: {last}, to: {first}}}"


class HolidaysEntry(Entry):
    """The public holidays of a country, or of a part of it."""

    country: Country = Field(description="ISO 3166 code, two letters.")
    subdivision: str | None = Field(default=None, description="ISO 3166-2 without the country: NY.")

    @field_validator("subdivision", mode="before")
    @classmethod
    def _is_in_the_country(cls, value: object, info: ValidationInfo) -> str:
        return parse_subdivision(value, info.data.get("country"))


class SpanEntry(CrossChecked):
    """Awake between two minutes, whatever the windows say, even on a closed date."""

    start: Moment = Field(alias="from")
    stop: Moment = Field(alias="to", description="Asleep from this very minute on.")

    def span(self, clock: ZoneInfo) -> Span:
        return _span(self.start, self.stop, clock)

    @classmethod
    def conflicts(cls, valid: Mapping[str, Any], context: ZoneInfo | None) -> Iterator[str]:
        """`context` is the clock of the schedule; None where it has an error."""
        if context is None or not {"start", "stop"} <= valid.keys():
            return
        span = _span(valid["start"], valid["stop"], context)
        if span.stop <= span.start:
            yield (
                f"`to` must be after `from`; on the clock of {context} no minute lies between them"
            )
        if span.stop - span.start > _LONGEST_SPAN:
            yield f"longer than {_LONGEST_SPAN.days} days; use `windows` or `always`"


def _span(start: datetime, stop: datetime, clock: ZoneInfo) -> Span:
    return Span(in_timezone(start, clock), in_timezone(stop, clock))


def _closed_form(value: Any) -> str:
    if not isinstance(value, dict | BaseModel):
        return _ONE_DATE
    return _HOLIDAYS if "country" in value or "subdivision" in value else _DATES


ClosedEntry = Annotated[
    Annotated[LocalDate, Tag(_ONE_DATE)]
    | Annotated[DatesEntry, Tag(_DATES)]
    | Annotated[HolidaysEntry, Tag(_HOLIDAYS)],
    Discriminator(_closed_form),
]


class Rules(Entry):
    """The keys that a schedule has, and an endpoint may add to it."""

    timezone: Timezone = Field(default=None, description="IANA name of the clock of the windows.")
    closed: list[ClosedEntry] = Field(
        default=[],
        max_length=_MOST_EXCEPTIONS,
        description="Dates on which no window starts: a date, {from, to}, or {country}.",
    )
    open: list[SpanEntry] = Field(
        default=[],
        max_length=_MOST_EXCEPTIONS,
        description="Awake in these hours, whatever the windows say.",
    )
    ready: Annotated[Ready | None, GIVEN] = Field(
        default=None,
        description="at-start (default): in service when the window opens. "
        "after-start: its creation begins then.",
    )


class ScheduleEntry(Rules):
    windows: list[WindowEntry] = Field(
        min_length=1, max_length=_MOST_WINDOWS, description="Awake while any of them is open."
    )


def built(entry: ScheduleEntry, endpoint: Rules, clock: ZoneInfo) -> Schedule:
    """Returns the schedule with what the endpoint adds to it."""
    closed = tuple(_closed_on(day) for day in (*entry.closed, *endpoint.closed))
    windows = tuple(
        Window(window.start, window.stop, window.timezone or clock, closed)
        for window in entry.windows
    )
    return Schedule(windows, clock, tuple(s.span(clock) for s in (*entry.open, *endpoint.open)))


def _closed_on(entry: date | DatesEntry | HolidaysEntry) -> ClosedOn:
    match entry:
        case DatesEntry():
            return ClosedDates(entry.first, entry.last)
        case HolidaysEntry():
            return PublicHolidays(entry.country, entry.subdivision)
        case _:
            return ClosedDates(entry, entry)

"""The learned floors that the file asks for."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, Tag, field_validator

from lowtide.config.fields import GIVEN, Count, Duration, Entry, Share
from lowtide.domain.curve import BIN, CurveSettings

_LEARNED, _SETTINGS = FLOOR_FORMS = ("<learned>", "<floors>")
_LONGEST_LEAD = timedelta(hours=1)


class FloorsEntry(Entry):
    """How floors are learned; each key has a default."""

    margin: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False, strict=True)] = Field(
        default=2.0,
        description="Reserve above the mean, in square roots of the streams; 2 by default. "
        "`lowtide simulate` finds yours.",
    )
    weeks: Annotated[int, Field(ge=1, le=9, strict=True)] = Field(
        default=4, description="How many earlier same weekdays are averaged; 4 by default."
    )
    least: Annotated[Count | None, GIVEN] = Field(
        default=None, description="Fewest instances while awake; `min` by default."
    )
    lead: Duration = Field(
        default=timedelta(minutes=10),
        description="How long an instance takes to start, at most 1h; 10m by default.",
    )
    target: Annotated[Share | None, GIVEN] = Field(
        default=None,
        description="Share of the capacity to aim at above the floors; by default 0.95, or 0.9 "
        "below 60 streams.",
    )

    change_back: bool = Field(
        default=False,
        strict=True,
        description="Every two hours, replace an instance of a fallback pool by one of the first. "
        "Assumes that AWS scales in the last pool first, as its documentation says.",
    )

    @field_validator("lead")
    @classmethod
    def _not_too_long(cls, value: timedelta) -> timedelta:
        if value > _LONGEST_LEAD:
            msg = "is longer than 1h; measure how long an instance takes to start"
            raise ValueError(msg)
        return value


def _form(value: Any) -> str:
    return _SETTINGS if isinstance(value, dict | BaseModel) else _LEARNED


type Floors = Annotated[
    Annotated[Literal["learned"], Tag(_LEARNED)] | Annotated[FloorsEntry, Tag(_SETTINGS)],
    Discriminator(_form),
]


def curve_settings(floors: Floors, minimum: int) -> CurveSettings:
    entry = floors if isinstance(floors, FloorsEntry) else FloorsEntry()
    return CurveSettings(
        margin=entry.margin,
        weeks=entry.weeks,
        least=entry.least or minimum,
        lead_bins=-(-entry.lead // BIN),
        target=entry.target,
        change_back=entry.change_back,
    )

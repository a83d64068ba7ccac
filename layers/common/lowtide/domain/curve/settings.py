"""What a user may choose about learned floors."""

from dataclasses import dataclass
from datetime import timedelta

from lowtide.domain.curve.day import BIN


@dataclass(frozen=True, slots=True)
class CurveSettings:
    """`margin` counts standard deviations of the streams; `lead_bins` covers the provisioning time.

    `lowest_level`: 0.7 suits most fleets; 0.8 those whose closed dates are all in the file.
    `target`, a share of the capacity, is that of target tracking above the floors; None: by size.
    `change_back` replaces fallback instances. It assumes that a scale-in removes an instance of
    the last pool first, as AWS's documentation says.
    """

    margin: float = 2.0
    weeks: int = 4
    least: int = 1
    lead_bins: int = 2
    lowest_level: float = 0.7
    target: float | None = None
    change_back: bool = False

    @property
    def lead(self) -> timedelta:
        """Returns how long before it is needed a floor is in place."""
        return self.lead_bins * BIN

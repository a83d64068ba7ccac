"""What a user may choose about learned floors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CurveSettings:
    """`margin` counts standard deviations of the streams; `lead_bins` covers the provisioning time.

    `lowest_level`: 0.7 suits most fleets; 0.8 those whose closed dates are all in the file.
    `change_back` replaces fallback instances. It assumes that a scale-in removes an instance of
    the last pool first, which AWS does not say.
    """

    margin: float = 2.0
    weeks: int = 4
    least: int = 1
    lead_bins: int = 2
    lowest_level: float = 0.7
    change_back: bool = False

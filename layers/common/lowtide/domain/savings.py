"""What did sleeping save?"""

from datetime import timedelta

_HOUR = timedelta(hours=1)


def saved_usd(asleep: timedelta, instances_kept: int, usd_per_hour: float) -> float:
    """Against an endpoint that keeps `instances_kept` in service through the same hours."""
    return asleep / _HOUR * instances_kept * usd_per_hour

"""What the awake hours cost, as far as a price is known."""

from dataclasses import dataclass
from datetime import timedelta

from lowtide.domain.endpoint import ManagedEndpoint

HOUR = timedelta(hours=1)
# Hosting in us-east-1, from third-party copies of AWS's price list of 2026; likely, not certain.
USD_PER_HOUR = {"ml.g6.2xlarge": 1.222, "ml.g6e.2xlarge": 2.80}


@dataclass(frozen=True, slots=True)
class Fleet:
    """Instances that stay in service while the endpoint is awake; without a price, no cost."""

    instance_type: str | None
    instances: int
    usd_per_hour: float | None

    def usd(self, awake: timedelta) -> float | None:
        if self.usd_per_hour is None:
            return None
        return awake / HOUR * self.instances * self.usd_per_hour

    @property
    def basis(self) -> str:
        """What the cost rests on, or why there is none."""
        if self.instance_type is None:
            return "no cost: the file names no instance type; give --instance-type"
        if self.usd_per_hour is None:
            known = ", ".join(USD_PER_HOUR)
            return f"no cost: no price is known for {self.instance_type}; known are {known}"
        plural = "" if self.instances == 1 else "s"
        return (
            f"cost: {self.instances} instance{plural} of {self.instance_type} while awake, at "
            f"${self.usd_per_hour:.3f} an hour (us-east-1 list price, not verified); "
            "what scaling adds costs more"
        )


def fleet_of(managed: ManagedEndpoint, instance_type: str | None, instances: int) -> Fleet:
    """Without a type named, the first that the file gives a capacity for."""
    if instance_type is None and managed.metering:
        instance_type = next(iter(managed.metering.capacities.by_type))
    return Fleet(instance_type, instances, USD_PER_HOUR.get(instance_type or ""))


def hours(duration: timedelta) -> str:
    """`12 h`, `11.5 h`; exact to a tenth."""
    return f"{round(duration / HOUR, 1):g}\N{NO-BREAK SPACE}h"


def dollars(usd: float) -> str:
    return f"${usd:,.2f}" if usd < 1000 else f"${usd:,.0f}"

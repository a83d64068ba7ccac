"""What the awake hours cost, as far as a price is known."""

from dataclasses import dataclass
from datetime import timedelta

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide_cli.prices.table import NoPrice, Price, Prices, price, shipped

HOUR = timedelta(hours=1)
REGION = "us-east-1"  # where no region is named
USD_PER_HOUR = {
    name: each.usd_per_hour for (region, name), each in shipped().items() if region == REGION
}


@dataclass(frozen=True, slots=True)
class Fleet:
    """Instances that stay in service while the endpoint is awake; without a price, no cost."""

    instance_type: str | None
    instances: int
    price: Price | NoPrice

    def usd(self, awake: timedelta) -> float | None:
        if isinstance(self.price, NoPrice):
            return None
        return awake / HOUR * self.instances * self.price.usd_per_hour

    @property
    def basis(self) -> str:
        """What the cost rests on, or why there is none."""
        if isinstance(self.price, NoPrice):
            return f"no cost: {self.price.reason}"
        plural = "" if self.instances == 1 else "s"
        return (
            f"cost: {self.instances} instance{plural} of {self.instance_type} while awake, at "
            f"${self.price.usd_per_hour:.3f} an hour ({self.price.basis}); "
            "what scaling adds costs more"
        )


def fleet_of(
    managed: ManagedEndpoint,
    instance_type: str | None,
    instances: int,
    region: str = REGION,
    prices: Prices | None = None,
) -> Fleet:
    """Without a type named, the first that the file gives a capacity for."""
    if instance_type is None and managed.metering:
        instance_type = next(iter(managed.metering.capacities.by_type))
    if instance_type is None:
        unknown = NoPrice("the file names no instance type; give --instance-type")
        return Fleet(None, instances, unknown)
    return Fleet(instance_type, instances, price(instance_type, region, prices))


def hours(duration: timedelta) -> str:
    """`12 h`, `11.5 h`; exact to a tenth."""
    return f"{round(duration / HOUR, 1):g}\N{NO-BREAK SPACE}h"


def dollars(usd: float) -> str:
    return f"${usd:,.2f}" if usd < 1000 else f"${usd:,.0f}"

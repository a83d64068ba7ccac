"""The counters of a fleet."""

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Running totals; one tally may span several fleets that replace each other."""

    served: int = 0
    on_full_instance: int = 0  # of those served: admitted above the capacity of their instance
    cut: int = 0  # of those served: ended early because their instance was removed
    unserved: int = 0  # arrived while no instance was in service
    # By instance type.
    instance_seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def sessions(self) -> int:
        return self.served + self.unserved

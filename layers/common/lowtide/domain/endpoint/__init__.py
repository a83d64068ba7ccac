"""An endpoint as AWS shows it, and as the file wants it.

May import curve and schedule.
"""

from lowtide.domain.endpoint.managed import (
    LONGEST_NAME,
    Drain,
    ManagedEndpoint,
    Mode,
    is_valid_name,
    valid_name,
)
from lowtide.domain.endpoint.metering import (
    COUNT_INSTANCES,
    FOLLOWED,
    Capacities,
    Idle,
    Metering,
    MetricName,
    Reading,
)
from lowtide.domain.endpoint.observed import (
    ABSENT_VERSION,
    CLOUDFORMATION_TAG,
    DELETABLE,
    SAMPLES_EVERY,
    SERVING,
    STACK_TAG,
    ConfiguredVariant,
    Endpoint,
    EndpointConfig,
    Kind,
    Pool,
    Status,
    Variant,
    Version,
)
from lowtide.domain.endpoint.scaling_policy import ManagedScaling, Range, ScalingPolicy

__all__ = [
    "ABSENT_VERSION",
    "CLOUDFORMATION_TAG",
    "COUNT_INSTANCES",
    "DELETABLE",
    "FOLLOWED",
    "LONGEST_NAME",
    "SAMPLES_EVERY",
    "SERVING",
    "STACK_TAG",
    "Capacities",
    "ConfiguredVariant",
    "Drain",
    "Endpoint",
    "EndpointConfig",
    "Idle",
    "Kind",
    "ManagedEndpoint",
    "ManagedScaling",
    "Metering",
    "MetricName",
    "Mode",
    "Pool",
    "Range",
    "Reading",
    "ScalingPolicy",
    "Status",
    "Variant",
    "Version",
    "is_valid_name",
    "valid_name",
]

"""Open streams, concurrency and capacity, and the metric made of them.

May import endpoint and errors.
"""

from lowtide.domain.load.backlog_load import (
    BACKLOG,
    OLDEST,
    BacklogMetrics,
    backlog_load,
    of_backlog,
)
from lowtide.domain.load.load_metrics import LoadMetrics
from lowtide.domain.load.no_data import WHOLE_VARIANT
from lowtide.domain.load.open_streams import open_streams
from lowtide.domain.load.pool_load import with_usable_statistic
from lowtide.domain.load.publish_times import MINUTE, publish_times
from lowtide.domain.load.reading import (
    NOT_IN_SERVICE,
    NOT_PUBLISHED,
    MissingReading,
    Series,
    missing_because_of,
)
from lowtide.domain.load.variant_load import variant_load

__all__ = [
    "BACKLOG",
    "MINUTE",
    "NOT_IN_SERVICE",
    "NOT_PUBLISHED",
    "OLDEST",
    "WHOLE_VARIANT",
    "BacklogMetrics",
    "LoadMetrics",
    "MissingReading",
    "Series",
    "backlog_load",
    "missing_because_of",
    "of_backlog",
    "open_streams",
    "publish_times",
    "variant_load",
    "with_usable_statistic",
]

"""The variants of endpoint configurations, read once and kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.type_defs import (
        DescribeEndpointConfigOutputTypeDef,
        ProductionVariantOutputTypeDef,
    )


class ConfigCache:
    """AWS never changes a configuration, but a deleted one's name can be used again. So it is read
    again when the endpoint has another configuration or was modified since."""

    def __init__(self, read: Callable[[str], DescribeEndpointConfigOutputTypeDef]) -> None:
        self._read = read
        self._entries: dict[
            str, tuple[tuple[str, datetime | None], Sequence[ProductionVariantOutputTypeDef]]
        ] = {}

    def variants(
        self, endpoint: str, config_name: str, modified_at: datetime | None
    ) -> Sequence[ProductionVariantOutputTypeDef]:
        """Raises AbsentError where the configuration is gone and was not read before that."""
        version = (config_name, modified_at)
        entry = self._entries.get(endpoint)
        if entry is None or entry[0] != version:
            entry = (version, self._read(config_name)["ProductionVariants"])
            self._entries[endpoint] = entry
        return entry[1]

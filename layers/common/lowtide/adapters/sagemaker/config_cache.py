"""What the configurations of endpoints say of their variants, asked once and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.type_defs import (
        DescribeEndpointConfigOutputTypeDef,
        ProductionVariantOutputTypeDef,
    )


class KeptConfigurations:
    """A configuration cannot be changed, but another of its name can take its place: it is asked
    for again when the endpoint itself has changed since."""

    def __init__(self, read: Callable[[str], DescribeEndpointConfigOutputTypeDef]) -> None:
        self._read = read
        self._kept: dict[
            str, tuple[tuple[str, datetime | None], Sequence[ProductionVariantOutputTypeDef]]
        ] = {}

    def variants(
        self, endpoint: str, config_name: str, modified_at: datetime | None
    ) -> Sequence[ProductionVariantOutputTypeDef]:
        """Raises AbsentError where it is gone, unless it was read before that."""
        version = (config_name, modified_at)
        known = self._kept.get(endpoint)
        if known is None or known[0] != version:
            known = (version, self._read(config_name)["ProductionVariants"])
            self._kept[endpoint] = known
        return known[1]

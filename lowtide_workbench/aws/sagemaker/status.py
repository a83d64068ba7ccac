"""The statuses of an endpoint, and what each of them allows."""

from typing import Literal

type Status = Literal[
    "Creating",
    "InService",
    "Updating",
    "SystemUpdating",
    "RollingBack",
    "Deleting",
    "Failed",
    "OutOfService",
    "UpdateRollbackFailed",
]

SERVING: frozenset[Status] = frozenset(
    {"InService", "Updating", "RollingBack", "SystemUpdating", "UpdateRollbackFailed"}
)
DELETABLE: frozenset[Status] = frozenset(
    {"InService", "Failed", "OutOfService", "UpdateRollbackFailed"}
)
UPDATABLE: frozenset[Status] = frozenset({"InService", "UpdateRollbackFailed"})
SCALABLE: frozenset[Status] = frozenset({"InService"})
IN_PROGRESS: frozenset[Status] = frozenset(
    {"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"}
)

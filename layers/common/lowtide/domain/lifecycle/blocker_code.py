"""What refusals are counted by."""

from typing import Literal

from lowtide.domain.endpoint.observed import Kind

type RefusalKind = Kind | OtherKind
type OtherKind = Literal[
    "cloudformation",
    "denied",
    "missing",
    "no-capacity",
    "not-tagged",
    "nothing-to-create",
    "out-of-service",
    "quota",
    "rights-unknown",
    "too-many-deletions",
    "unknown-status",
]

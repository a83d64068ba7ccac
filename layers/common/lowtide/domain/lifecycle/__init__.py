"""The one next step for an endpoint, and what must be known to decide it.

May import scaling, load, endpoint, curve, schedule, snapshot, duration, errors and wording.
"""

from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Blocked,
    Create,
    Delete,
    EndDrain,
    ResetRetries,
    Restore,
    Step,
    TakeSnapshot,
    Wait,
    is_step,
)
from lowtide.domain.lifecycle.approval import (
    approve_deletion,
    approve_end_of_drain,
    approve_restore,
    approve_scaling,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.creation import (
    configs_to_recreate,
    configs_to_try,
    creating_too_long,
    failures_after,
)
from lowtide.domain.lifecycle.facts import (
    NOTHING_DENIED,
    DeletionFacts,
    KmsKey,
    Rights,
    ScalingFacts,
)
from lowtide.domain.lifecycle.lateness import deleted_by_others, timestamps, wake_overdue
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.lifecycle.predicates import (
    deadline,
    delete_attempted,
    delete_overdue,
    draining,
    draining_since,
    failed,
    left_suspended,
    moving,
    past_deadline,
    restore_pending,
    suspended,
    suspension_lasts,
)
from lowtide.domain.lifecycle.reasons import (
    not_as_pinned,
    of_other_variants,
    still_suspended,
    why_paused,
)
from lowtide.domain.lifecycle.record import Record, complete, intend
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures
from lowtide.domain.lifecycle.stored_state import Intent, Sleep, StoredState, Timestamps

__all__ = [
    "NOTHING_DENIED",
    "Action",
    "ApplyScaling",
    "BeginDrain",
    "Blocked",
    "Context",
    "Create",
    "Delete",
    "DeletionFacts",
    "EndDrain",
    "Failure",
    "FailureKind",
    "Failures",
    "Intent",
    "KmsKey",
    "Record",
    "ResetRetries",
    "Restore",
    "Rights",
    "ScalingFacts",
    "Sleep",
    "Step",
    "StoredState",
    "TakeSnapshot",
    "Timestamps",
    "Wait",
    "approve_deletion",
    "approve_end_of_drain",
    "approve_restore",
    "approve_scaling",
    "complete",
    "configs_to_recreate",
    "configs_to_try",
    "creating_too_long",
    "deadline",
    "delete_attempted",
    "delete_overdue",
    "deleted_by_others",
    "draining",
    "draining_since",
    "failed",
    "failures_after",
    "intend",
    "is_step",
    "left_suspended",
    "moving",
    "not_as_pinned",
    "of_other_variants",
    "past_deadline",
    "plan",
    "restore_pending",
    "still_suspended",
    "suspended",
    "suspension_lasts",
    "timestamps",
    "wake_overdue",
    "why_paused",
]

"""What dies with an endpoint, saved as requests, and how it is restored.

May import wording.
"""

from lowtide.domain.snapshot.absent_variants import (
    MOST_KEPT,
    dropped,
    for_current_config,
    keep_absent,
    left_out,
)
from lowtide.domain.snapshot.alarm_actions import (
    action_to_save,
    map_actions,
    taken_over,
    with_foreign_actions,
    with_triggers_only,
    without_foreign_actions,
)
from lowtide.domain.snapshot.difference import changed, changed_since, lost, missing_from
from lowtide.domain.snapshot.ownership import not_own, without_foreign
from lowtide.domain.snapshot.policy_reference import (
    belongs_to,
    policy_reference,
    referenced_policy,
    resource_id,
    variant_of,
)
from lowtide.domain.snapshot.replayed_ranges import missed_range_changes, replayed
from lowtide.domain.snapshot.restore import changes, completed, merged, to_restore
from lowtide.domain.snapshot.snapshot import (
    Document,
    Documents,
    Scaling,
    Snapshot,
    absent,
    by_kind,
    content_hash,
    contents,
    label,
    to_json,
)
from lowtide.domain.snapshot.suspension import to_resume, to_suspend, without_suspension
from lowtide.domain.snapshot.variant_overrides import counts_to_put, weights_to_put

__all__ = [
    "MOST_KEPT",
    "Document",
    "Documents",
    "Scaling",
    "Snapshot",
    "absent",
    "action_to_save",
    "belongs_to",
    "by_kind",
    "changed",
    "changed_since",
    "changes",
    "completed",
    "content_hash",
    "contents",
    "counts_to_put",
    "dropped",
    "for_current_config",
    "keep_absent",
    "label",
    "left_out",
    "lost",
    "map_actions",
    "merged",
    "missed_range_changes",
    "missing_from",
    "not_own",
    "policy_reference",
    "referenced_policy",
    "replayed",
    "resource_id",
    "taken_over",
    "to_json",
    "to_restore",
    "to_resume",
    "to_suspend",
    "variant_of",
    "weights_to_put",
    "with_foreign_actions",
    "with_triggers_only",
    "without_foreign",
    "without_foreign_actions",
    "without_suspension",
]

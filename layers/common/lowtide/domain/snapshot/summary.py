"""A snapshot in one line, for the history and `status`."""

from lowtide.domain.snapshot.snapshot import Snapshot
from lowtide.domain.wording import counted


def contents(snapshot: Snapshot) -> str:
    scaling = snapshot.scaling
    policy = ("1 resource policy",) if snapshot.resource_policy else ()
    return ", ".join(
        (
            counted(snapshot.tags, "tag"),
            counted(scaling.targets, "scalable target"),
            counted(scaling.policies, "scaling policy", "scaling policies"),
            counted(scaling.scheduled_actions, "scheduled action"),
            counted(scaling.alarms, "alarm"),
            *policy,
        )
    )

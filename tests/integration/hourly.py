"""A file that lets an endpoint sleep from :00 to :16 of every hour, and an AWS as quick as that.

A night costs little to play. Recorded tables tell of this schedule, so it must not change.
"""

from typing import Any

from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.demo.endpoint import ENDPOINT

ASLEEP_FROM, AWAKE_FROM = 0, 16  # minutes of each hour
FILE = f"""
timezone: America/New_York
endpoints:
  - name: {ENDPOINT}
    schedule:
      windows: [{{start: "{AWAKE_FROM} * * * *", stop: "{ASLEEP_FROM} * * * *"}}]
    drain: {{deadline: 4m}}
"""
UNLISTED = "timezone: America/New_York\nendpoints: []\n"
WITH_SCALING = (
    FILE
    + """\
    scaling:
      capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}
      min: 1
      max: 6
      target: 0.75
      metric: exact
      fast_lane: true
"""
)


def quick(**settings: Any) -> CloudSettings:
    """AWS takes minutes for what takes seconds here: there is as much to crash in."""
    return CloudSettings(
        provisioning_s=(60.0, 60.0),
        container_start_s=10.0,
        deletion_s=(20.0, 20.0),
        update_s=10.0,
        capacity_error_s=30.0,
        **settings,
    )

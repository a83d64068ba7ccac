"""Answers of the control function to `status`."""

from typing import Any

ENDPOINT: dict[str, Any] = {
    "endpoint": "calls",
    "timezone": "America/New_York",
    "desired_state": "asleep",
    "because": "no window is open until Mon 23 Nov 22:00 EST",
    "status": "InService",
    "next": {"action": "Wait", "reason": "70 streams are open"},
    "blocked": None,
    "instances": {"ml.g6.2xlarge": 6, "ml.g6e.2xlarge": 0},
    "paused": None,
    "config": {"in_use": "now", "pinned": "other", "difference": "it runs now, not other"},
    "floors": {
        "floor": 5,
        "minimum": 4,
        "of_people": 1,
        "forecast_ratio": 1.1,
        "next": {"at": "2026-11-24T01:00:00Z", "floor": 3},
        "target": 0.95,
        "differs": "the floor is 5, and max is 4",
    },
    "lead_time": {"minutes": 30.0, "because": "the default"},
    "schedule_changes": None,
    "saved": None,
    "last_steps": ["2026-11-24 01:00Z BeginDrain: [red]brackets[/red] (done)"],
    "savings": {
        "last 7 days": {
            "hours_asleep": 0.57,
            "instance_hours_at_least": {"ml.g6.2xlarge": 0.57},
            "usd_at_least": 0.7,
        }
    },
    "costs": {
        "last 7 days": {"hours_awake": 2.0, "instance_hours_at_least": {}, "usd_at_least": None}
    },
}
ALARM = {
    "name": "full",
    "state": "INSUFFICIENT_DATA",
    "since": "2026-11-24T00:32:10Z",
    "metric": "Maximum of Lowtide CapacityUtilization",
    "condition": ">= 1, 1 of 1 x 60 s",
    "because": "",
    "acts": False,
}
POLICY: dict[str, Any] = {
    "name": "jump",
    "type": "StepScaling",
    "managed_by": "set up outside Lowtide",
    "steps": ["from the threshold up: +1 instance"],
    "cooldown": {"both ways": "120 s"},
    "alarms": [ALARM, {"name": "gone", "error": "it is not there"}],
}
VARIANT: dict[str, Any] = {
    "variant": "AllTraffic",
    "instances": {"current": 1, "desired": 3},
    "target": {"min": 1, "max": 6, "suspended": ["scale-in"]},
    "policies": [POLICY],
    "activities": [
        {
            "at": "2026-11-24T00:40:00Z",
            "status": "Failed",
            "what": "Setting desired instance count to 6.",
            "cause": "monitor alarm full in state ALARM triggered policy jump",
            "message": "Failed to set: no capacity",
        }
    ],
}

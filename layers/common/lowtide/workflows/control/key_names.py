"""Keys of answers that had another name in 0.1. This version gives both; the next one the new."""

from collections.abc import Mapping
from typing import Any

OLD_NAMES: Mapping[str, str] = {
    "blocked": "refused",
    "desired_state": "wish",
    "errors": "faults",
    "in_lead_time": "in_lead",
    "lead_time": "lead",
    "managed_by": "kept_by",
    "shown": "told",
}
NEW_NAMES: Mapping[str, str] = {old: new for new, old in OLD_NAMES.items()}


def also_named(answer: Any, names: Mapping[str, str]) -> Any:
    """Returns `answer` in which what stands under a key of `names` stands under its value, too."""
    if isinstance(answer, list):
        return [also_named(item, names) for item in answer]
    if not isinstance(answer, dict):
        return answer
    items = {key: also_named(value, names) for key, value in answer.items()}
    return {names[key]: value for key, value in items.items() if key in names} | items

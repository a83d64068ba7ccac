"""Contexts for tests: what a test does not name is nothing, or has a value that changes nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import NO_FLOORS, NO_TIMESTAMPS
from lowtide.domain.schedule.lead_time import NO_LEAD_TIME

_DEFAULTS: Mapping[str, Any] = {
    "record": Record(),
    "stack": "lowtide-dev",
    "paused": None,
    "resumed": None,
    "override": None,
    "asked": None,
    "lead": NO_LEAD_TIME,
    "longest_creation": timedelta(hours=1),
    "deletion_grace": timedelta(minutes=5),
    "usual_creation": timedelta(0),
    "blocked": "",
    "sleep": None,
    "timestamps": NO_TIMESTAMPS,
    "intent": None,
    "floors": NO_FLOORS,
}


def context_with(**fields: Any) -> Context:
    """`managed`, `desired`, `endpoint` and `now` must be given."""
    return Context(**{**_DEFAULTS, **fields})

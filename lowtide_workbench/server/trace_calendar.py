"""Puts a trace on the calendar: its second 0 is a Monday 00:00."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from lowtide_workbench.fleet.fleet import Session
from lowtide_workbench.traces import files


def sessions(path: Path, start: datetime, zone: ZoneInfo) -> Sequence[Session]:
    """The sessions from `start` on; second 0 is Monday 00:00, in `zone`, of the week of `start`.

    So each call keeps its weekday and its time of day. Raises TraceError where none is left.
    """
    local = start.astimezone(zone)
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), time(), zone)
    shift = monday.timestamp()
    shifted = [
        (shift + session.arrival_s, float(session.duration_s))
        for session in files.read(path)
        if shift + session.arrival_s >= start.timestamp()
    ]
    if not shifted:
        raise files.TraceError(
            f"{path}: ends before {local:%a %d %b %H:%M}, when the clock starts; its second 0 is "
            f"{monday:%a %d %b %H:%M %Z}. Choose an earlier --start"
        )
    return shifted

"""What `lowtide floors` draws of an answer."""

from typing import Any

from lowtide_cli.status.floors import drawn

NIGHT, DAY = [0.0] * 16, [None, *[40.0] * 31]
MONDAY: dict[str, Any] = {
    "on": "2026-10-19",
    "streams": [*NIGHT, *DAY],
    "floors": [*[1] * 16, *[8] * 32],
    "full": 0.021,
}
EMPTY = MONDAY | {"on": "2026-10-20", "streams": [None] * 48, "full": None}
ANSWER = {"endpoint": "calls", "timezone": "UTC", "capacity": 10, "days": [MONDAY, EMPTY]}


def test_streams_and_floors_have_one_scale_and_no_reading_is_not_zero() -> None:
    lines = list(drawn(ANSWER))
    assert lines[0] == "calls, clock of UTC; full height is 80 streams"
    assert lines[2:] == [
        "Mon 19 Oct",
        f"  streams    {' ' * 16}·{'▅' * 31} peak 40, full 2.1%",
        f"  floors     {'▂' * 16}{'█' * 32} up to 8",
        "Tue 20 Oct",
        f"  streams    {'·' * 48} no readings",
        f"  floors     {'▂' * 16}{'█' * 32} up to 8",
    ]
    assert max(map(len, lines)) <= 80

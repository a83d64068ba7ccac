"""What `lowtide floors` draws of an answer."""

from pathlib import Path
from typing import Any

from lowtide_cli.status import floors_page
from lowtide_cli.status.floors import drawn

NIGHT, DAY = [0.0] * 16, [None, *[40.0] * 31]
MONDAY: dict[str, Any] = {
    "on": "2026-10-19",
    "streams": [*NIGHT, *DAY],
    "in_service": [None] * 48,
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


def test_the_page_has_a_chart_a_day_on_one_scale_with_the_capacity_that_served(
    tmp_path: Path,
) -> None:
    served = MONDAY | {"in_service": [None] * 24 + [80.0] * 24}
    floors_page.write(
        ANSWER | {"endpoint": "<calls>", "days": [served, EMPTY]}, tmp_path / "a/b.html"
    )
    page = (tmp_path / "a/b.html").read_text(encoding="utf-8")
    assert "<h1>&lt;calls&gt;</h1>" in page
    assert page.count("<svg") == 2
    assert page.count('y="50.0" width="8" height="50.0"') == 31  # 40 of 80 streams
    assert 'class="service" d="M240 0.0H250L250 0.0H260' in page
    assert 'd="M0 87.5H10' in page  # the night's floor of one instance holds 10 of 80
    assert "2.1% of readings above a pool&#39;s capacity" in page
    assert "no readings" in page

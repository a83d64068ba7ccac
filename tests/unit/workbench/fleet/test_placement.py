"""Where capacity is found, and when the request is given up."""

import pytest

from lowtide_workbench.fleet.pools import (
    Drought,
    Droughts,
    InstancePool,
    Placement,
    Procurement,
    Window,
    place,
)

FIRST = InstancePool("first", priority=1, capacity=10)
SECOND = InstancePool("second", priority=2, capacity=20)
TOTAL = Procurement(timeout_s=600, window=Window.TOTAL, capacity_error_s=120)
SHORT = Procurement(timeout_s=100, window=Window.TOTAL, capacity_error_s=120)
PER_POOL = Procurement(timeout_s=600, window=Window.PER_POOL)
ALWAYS = [Drought(0, 1e9)]


@pytest.mark.parametrize(
    ("procurement", "droughts", "expected"),
    [
        pytest.param(TOTAL, {}, Placement(1000, FIRST), id="the highest priority comes first"),
        pytest.param(TOTAL, {"first": ALWAYS}, Placement(1120, SECOND),
                     id="after a capacity error the next pool is tried (facts 1.2)"),
        pytest.param(TOTAL, {"first": ALWAYS, "second": ALWAYS}, Placement(1240, None),
                     id="when every pool has refused it is over (facts 1.2)"),
        pytest.param(SHORT, {"first": ALWAYS}, Placement(1100, None),
                     id="a total time-out ends it before the next pool is tried"),
        pytest.param(PER_POOL, {"first": ALWAYS}, Placement(1600, SECOND),
                     id="with a time-out per pool the next pool waits that long (facts 1.2)"),
        pytest.param(PER_POOL, {"first": [Drought(0, 1300)]}, Placement(1300, FIRST),
                     id="with a time-out per pool a drought that ends within it is waited for"),
        pytest.param(PER_POOL, {"first": ALWAYS, "second": ALWAYS}, Placement(2200, None),
                     id="with a time-out per pool the worst case is pools x time-out (facts 1.2)"),
        pytest.param(TOTAL, {"first": [Drought(0, 1000)]}, Placement(1000, FIRST),
                     id="a drought is half-open: at its end there is capacity"),
    ],
)  # fmt: skip
def test_place(procurement: Procurement, droughts: Droughts, expected: Placement) -> None:
    assert place([SECOND, FIRST], droughts, 1000, procurement) == expected

"""What sleeping saved, against an endpoint that never sleeps."""

from datetime import timedelta

import pytest

from lowtide.domain.history.costs import saved_usd


@pytest.mark.parametrize(
    ("asleep", "kept", "price", "saved"),
    [
        pytest.param(timedelta(hours=12), 1, 1.222, 14.664, id="a night of one ml.g6.2xlarge"),
        pytest.param(timedelta(hours=12), 3, 1.222, 43.992, id="three would cost three times that"),
        pytest.param(timedelta(minutes=90), 1, 2.0, 3.0, id="parts of an hour count"),
        pytest.param(timedelta(days=2, hours=12), 1, 1.0, 60.0, id="a weekend is its hours"),
        pytest.param(timedelta(0), 2, 1.222, 0.0, id="awake saves nothing"),
        pytest.param(timedelta(hours=12), 0, 1.222, 0.0, id="nothing kept costs nothing to keep"),
    ],
)
def test_saved_usd(asleep: timedelta, kept: int, price: float, saved: float) -> None:
    assert saved_usd(asleep, kept, price) == pytest.approx(saved)

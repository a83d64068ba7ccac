"""The published figure in an account of each meaning, with what verify-metrics would say of it."""

from datetime import timedelta

import pytest

from lowtide_workbench.aws.settings import CloudSettings, Samples
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.aws_calls import published
from tests.integration.functions.conftest import Town, TownMaker

FILE = f"""
timezone: America/New_York
metrics: {{{{idle: {{idle}}, total: {{total}}}}}}
endpoints:
  - name: {ENDPOINT}
    schedule: always
    scaling:
      capacity: {{{{ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}}}}
"""
FOURTEEN_CALLS = [("19:34", 10)] * 14  # seven on each of two instances


def newest(town: Town) -> float | None:
    now = town.cloud.clock.now()
    points = published(now - timedelta(minutes=2), now)
    return float(points[-1]["Average"]) if points else None


@pytest.mark.parametrize(
    ("samples", "zeros", "setting", "idle", "loaded"),
    [
        pytest.param(Samples.EACH_INSTANCE, False, "silent sum", 0, 7, id="each, silent"),
        pytest.param(Samples.MEAN, False, "silent average", 0, 7, id="mean, silent"),
        pytest.param(Samples.TOTAL, True, "zeros sum", 0, 7, id="total, zeros"),
        pytest.param(Samples.EACH_INSTANCE, False, "zeros average", None, 7,
                     id="the defaults where idle is silent publish nothing when idle"),
        pytest.param(Samples.TOTAL, True, "zeros average", 0, 14,
                     id="the defaults where samples are totals read too much, never too little"),
    ],
)  # fmt: skip
def test_what_is_published(
    town_with: TownMaker,
    samples: Samples,
    setting: str,
    idle: float | None,
    loaded: float,
    *,
    zeros: bool,
) -> None:
    settings = CloudSettings(samples=samples, zeros_when_idle=zeros)
    town = town_with(FILE.format(idle=setting.split()[0], total=setting.split()[1]), settings)
    town.calls(*FOURTEEN_CALLS)
    town.until("Mon 19:33")
    assert newest(town) == idle
    town.until("Mon 19:38")
    assert newest(town) == pytest.approx(loaded)

"""Thirty days of ten endpoints, with people, pipelines, droughts, quotas and faults.

`make test-month` plays it. LOWTIDE_MONTH_DAYS plays fewer days, LOWTIDE_MONTH_SEED other ones.
"""

import json
import logging
import os
from datetime import datetime
from pathlib import Path

import pytest

from tests.month.plan import SPANS
from tests.month.play import play

DAYS = int(os.environ.get("LOWTIDE_MONTH_DAYS", "30"))
SEED = int(os.environ.get("LOWTIDE_MONTH_SEED", "1"))


@pytest.mark.parametrize("begin", SPANS.values(), ids=SPANS)
def test_nothing_goes_wrong_in_a_month(begin: datetime, tmp_path: Path) -> None:
    result = play(begin, DAYS, SEED, tmp_path)
    logging.getLogger("month").info(json.dumps(result.figures, indent=1))
    assert result.wrong == []

"""A minute of the publisher: its six batches, and what CloudWatch does not accept of them."""

from dataclasses import replace

import pytest

from lowtide.adapters.cloudwatch import Point
from lowtide.domain.errors import (
    AwsError,
    BusyError,
)
from lowtide.domain.load.reading import MissingReading
from lowtide.workflows.publisher.publish import PublishResult
from lowtide.workflows.publisher.run import (
    PublishedBatch,
    answer,
    latest_results,
)
from tests.unit.workflows.publisher.fakes import (
    METERING,
    NOON,
    SECOND,
    Cloudwatch,
    FakeClock,
    managed,
    run,
)


class TestWhatCloudWatchDoesNotAccept:
    def test_is_not_published_and_fails_the_invocation(self) -> None:
        error = BusyError("PutMetricData: Throttling: Rate")
        cloudwatch = Cloudwatch(refused=lambda p: error if p.endpoint == "a" else None)
        found = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
        assert found.codes == {"a": "not-published", "b": "read"}
        with pytest.raises(AwsError, match="1 of 2 readings did not reach CloudWatch: throttled"):
            answer(found.batches)

    def test_in_one_batch_is_tried_in_the_next_and_still_fails_the_invocation(self) -> None:
        errors = [AwsError("once")]
        cloudwatch = Cloudwatch(refused=lambda _: errors.pop() if errors else None)
        found = run(managed("a", replace(METERING, resolution=10)), cloudwatch=cloudwatch)
        assert len(found.published) == 5
        assert found.codes == {"a": "read"}
        with pytest.raises(AwsError, match="1 of 6 readings"):
            answer(found.batches)


class TestARun:
    fast, slow = managed("fast", replace(METERING, resolution=10)), managed("slow")

    def test_has_six_points_at_ten_seconds_and_reads_instances_once(self) -> None:
        found = run(self.fast, self.slow)
        assert found.published == [
            (0, "fast"), (0, "slow"), *((10 * n, "fast") for n in range(1, 6)),
        ]  # fmt: skip
        resolutions = {point.endpoint: point.resolution_s for _, point in found.cloudwatch.points}
        assert resolutions == {"fast": 10, "slow": 60}
        assert found.sagemaker.asked == ["fast", "slow"]
        assert [s.period_s for s in found.cloudwatch.sources] == [10, 10, 60, 60, *[10] * 10]
        assert found.clock.slept == [10.0] * 5
        assert len(answer(found.batches)["published"]) == 2

    @pytest.mark.parametrize(
        ("late_s", "published", "late"),
        [
            pytest.param(33, [(0, "slow"), (30, "fast"), (40, "fast"), (50, "fast")], 3, id="33 s"),
            pytest.param(60, [], 7, id="a minute: the next invocation has begun"),
        ],
    )
    def test_that_begins_late_leaves_out_what_has_passed(
        self, late_s: int, published: list[tuple[int, str]], late: int
    ) -> None:
        found = run(self.fast, self.slow, clock=FakeClock(NOON + late_s * SECOND))
        assert found.published == published
        assert sum(len(batch.late) for batch in found.batches) == late

    @pytest.mark.parametrize(
        ("batch_s", "published"),
        [
            pytest.param(4, [0, 10, 20, 30, 40, 50], id="slow ones do not drift"),
            pytest.param(25, [0, 20, 50], id="of those above ten seconds, some are left out"),
        ],
    )
    def test_whose_batches_are_slow(self, batch_s: int, published: list[int]) -> None:
        clock = FakeClock()

        def slow(_: Point) -> None:
            clock.now += batch_s * SECOND

        found = run(self.fast, cloudwatch=Cloudwatch(refused=slow), clock=clock)
        assert found.published == [(at, "fast") for at in published]


def test_the_latest_results_are_those_of_each_endpoints_last_batch() -> None:
    first = PublishResult("a", "AllTraffic", MissingReading("stale", ""))
    second = PublishResult("a", "AllTraffic", MissingReading("no-data", ""))
    other = PublishResult("b", "AllTraffic", MissingReading("stale", ""))
    batches = [
        PublishedBatch(NOON, (first, other), frozenset()),
        PublishedBatch(NOON + 10 * SECOND, (second,), frozenset()),
    ]
    assert set(latest_results(batches)) == {second, other}

"""The load metrics and the scaling that a file asks for."""

from datetime import timedelta

import pytest

from lowtide import config
from lowtide.domain.curve.settings import CurveSettings
from lowtide.domain.endpoint.metering import Metering, MetricName, Reading
from lowtide.domain.endpoint.scaling_policy import ManagedScaling, ScalingPolicy

FILE = """
timezone: America/New_York
endpoints:
  - name: voice
    schedule: always
    scaling:
      min: 1
      max: 4
      target: 0.75
      cooldown: {out: 90s, in: 10m}
      capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}
"""


def _of(text: str) -> tuple[Metering, ManagedScaling | None]:
    parsed = config.parse(text)
    assert [str(field_error) for field_error in parsed.errors] == []
    (entry,) = parsed.endpoints
    assert entry.metering is not None
    return entry.metering, entry.scaling


def test_a_range_and_a_target_are_scaling_that_lowtide_keeps() -> None:
    metering, scaling = _of(FILE)
    assert scaling == ManagedScaling(
        minimum=1,
        maximum=4,
        policy=ScalingPolicy(0.75, "weighted", timedelta(seconds=90), timedelta(minutes=10), False),
    )
    assert metering.metrics == {MetricName.WEIGHTED}
    assert metering.target == 0.75
    assert metering.resolution == 60
    assert metering.reading == Reading("zeros", "average")


KEPT = {
    "a capacity alone is measured, and no more": ("capacity: {ml.g6.xlarge: 10}", None),
    "a target alone is for metrics": ("capacity: {ml.g6.xlarge: 10}, target: 0.7", None),
    "a range alone is a scalable target without a policy": (
        "capacity: {ml.g6.xlarge: 10}, min: 3, max: 3", ManagedScaling(3, 3, None),
    ),
    "cooldowns have defaults": (
        "capacity: {ml.g6.xlarge: 10}, min: 2, max: 3, target: 0.5",
        ManagedScaling(
            2,
            3,
            ScalingPolicy(
                0.5, "weighted", timedelta(seconds=60), timedelta(seconds=300), False
            ),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("scaling", "kept"), KEPT.values(), ids=KEPT)
def test_what_is_kept(scaling: str, kept: ManagedScaling | None) -> None:
    text = f"timezone: UTC\nendpoints: [{{name: e, schedule: always, scaling: {{{scaling}}}}}]"
    assert _of(text)[1] == kept


PUBLISHED = {
    "one figure unless more are asked for": ("", "", {MetricName.WEIGHTED}),
    "the one that scaling follows": ("", "metric: exact", {MetricName.EXACT}),
    "the file's default is followed": ("metric: exact", "", {MetricName.EXACT}),
    "what the policy follows is published whatever is asked for": (
        "publish: [TotalStreams]", "", {MetricName.STREAMS, MetricName.WEIGHTED},
    ),
    "an endpoint's own list is in the place of the file's": (
        "publish: [TotalStreams]", "publish: [WorstPoolUtilization]",
        {MetricName.WORST_POOL, MetricName.WEIGHTED},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("top", "scaling", "metrics"), PUBLISHED.values(), ids=PUBLISHED)
def test_metrics_that_are_published(top: str, scaling: str, metrics: set[MetricName]) -> None:
    text = FILE.replace("      target", f"      {scaling}\n      target") if scaling else FILE
    assert _of(f"metrics: {{{top}}}\n{text}")[0].metrics == metrics


FLOORS = {
    "the defaults": ("learned", CurveSettings()),
    "no less than min": ("{margin: 1.5}", CurveSettings(margin=1.5)),
    "all of them": (
        "{margin: 0, weeks: 9, least: 3, lead: 12m, target: 0.9, change_back: true}",
        CurveSettings(margin=0, weeks=9, least=3, lead_bins=3, target=0.9, change_back=True),
    ),
}


@pytest.mark.parametrize(("written", "settings"), FLOORS.values(), ids=FLOORS)
def test_floors_are_learned_from_streams_that_are_published(
    written: str, settings: CurveSettings
) -> None:
    text = FILE.replace("      target", f"      floors: {written}\n      publish: []\n      target")
    metering, scaling = _of(text)
    assert scaling is not None
    assert scaling.floors == settings
    assert {MetricName.STREAMS, MetricName.WORST_POOL} < metering.metrics


def test_one_type_alone_is_followed_by_sagemakers_own_metric_and_may_publish_nothing() -> None:
    one = FILE.replace(", ml.g6e.2xlarge: 20", "").replace("target", "publish: []\n      target")
    assert _of(one)[0].metrics == frozenset()


def test_a_fast_lane_has_a_point_every_10_seconds() -> None:
    metering, scaling = _of(FILE.replace("target", "fast_lane: true\n      target"))
    assert metering.resolution == 10
    assert scaling is not None
    assert scaling.policy is not None
    assert scaling.policy.fast_lane


def test_metrics_with_an_error_measure_nothing_and_manage_on() -> None:
    parsed = config.parse(f"metrics: {{idle: perhaps}}\n{FILE}")
    assert [field_error.path for field_error in parsed.errors] == ["metrics.idle"]
    (entry,) = parsed.endpoints
    assert (entry.metering, entry.scaling) == (None, None)


ERRORS = {
    "no instances at all": ("min: 1", "min: 0", "must be at least 1"),
    "half an instance": ("min: 1", "min: 1.5", "not a whole number"),
    "a target of next to nothing": ("0.75", "1e-300", "must be at least 0.01"),
    "a cooldown without a unit": ("out: 90s", "out: 60", "not a duration"),
    "a mistyped cooldown": ("in: 10m", "inn: 300s", "did you mean 'in'?"),
    "cooldowns of a policy that is not kept": (
        "target: 0.75\n", "\n", "cooldown needs min, max and target",
    ),
    "floors of a policy that is not kept": (
        "target: 0.75\n      cooldown: {out: 90s, in: 10m}", "floors: learned",
        "floors needs min, max and target",
    ),
    "floors that are no word of ours": ("cooldown: {out: 90s, in: 10m}", "floors: on", "learned"),
    "a mistyped key of floors": (
        "cooldown: {out: 90s, in: 10m}", "floors: {margins: 2}", "did you mean 'margin'?",
    ),
    "more weeks than CloudWatch keeps": (
        "cooldown: {out: 90s, in: 10m}", "floors: {weeks: 10}", "must be at most 9",
    ),
    "a lead that is no start of an instance": (
        "cooldown: {out: 90s, in: 10m}", "floors: {lead: 2h}", "is longer than 1h",
    ),
    "a mistyped metric": (
        "cooldown: {out: 90s, in: 10m}", "metric: exactly", "valid are weighted or exact",
    ),
    "a figure that does not exist": (
        "cooldown: {out: 90s, in: 10m}", "publish: [Weighted]", "'WeightedConcurrency'",
    ),
    "a resolution that target tracking and alarms do not have": (
        "cooldown: {out: 90s, in: 10m}", "resolution: 30", "60 or 10",
    ),
    "a count that is needed for a target that is not given": (
        "min: 1\n      max: 4\n      target: 0.75\n      cooldown: {out: 90s, in: 10m}",
        "metric: exact", "is required for ExactConcurrency",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "message"), ERRORS.values(), ids=ERRORS)
def test_errors(written: str, instead: str, message: str) -> None:
    (field_error,) = config.parse(FILE.replace(written, instead)).errors
    assert message in field_error.message

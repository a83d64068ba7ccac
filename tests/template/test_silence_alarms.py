"""The silence alarms tell of a real silence, not of a first deploy or a stack that is stopped."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide_workbench.aws.cloudwatch.alarm_engine import AlarmEngine
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmStore
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of
from lowtide_workbench.aws.virtual_time.clock import VirtualClock
from tests.template.transformed import Transformed

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
SCHEDULER, PUBLISHER = "SilenceAlarm", "PublisherSilenceAlarm"
FUNCTIONS = {SCHEDULER: "<SchedulerFunction>", PUBLISHER: "<PublisherFunction>"}


class Played:
    """The two alarms in CloudWatch, minute by minute. `sent` has what the topic gets."""

    def __init__(self, template: Transformed) -> None:
        self.sent: list[str] = []
        self._clock, self._metrics = VirtualClock(START), MetricStore()
        self._alarms = AlarmStore(self._clock)
        self._engine = AlarmEngine(self._alarms, self._metrics)
        self._alarms.listeners.append(lambda record, _: self._send(record))
        self.deploy(template)

    def deploy(self, template: Transformed) -> None:
        """As CloudFormation does: an update leaves the state as it is."""
        for name in FUNCTIONS:
            alarm: dict[str, Any] = {**template[name], "AlarmName": name}
            self._alarms.put(alarm | {"Threshold": float(alarm["Threshold"])})

    def minutes(self, count: int, **invocations: int) -> None:
        """So many minutes; a function that is not named is not invoked in them."""
        self._clock.start()
        for _ in range(count):
            now = self._clock.seconds()
            for alarm, times in invocations.items():
                key = metric("AWS/Lambda", "Invocations", FunctionName=FUNCTIONS[alarm])
                self._metrics.put(key, now, of([1] * times), unit="Count")
            self._clock.move_to(self._clock.now() + timedelta(minutes=1))
            self._engine.evaluate(self._clock.seconds())
        self._clock.stop()

    def _send(self, record: Any) -> None:
        self.sent += [f"{record.name} {record.state}" for _ in record.actions()]


@pytest.fixture
def enabled(template: Transformed) -> Transformed:
    return template.given(AlarmTopicArn=TOPIC)


def test_a_first_deploy_sends_nothing(enabled: Transformed) -> None:
    played = Played(enabled)
    played.minutes(5)  # until the schedules begin
    played.minutes(30, SilenceAlarm=1, PublisherSilenceAlarm=1)
    assert played.sent == []


def test_a_silence_is_sent_after_ten_minutes_and_not_again(enabled: Transformed) -> None:
    played = Played(enabled)
    played.minutes(30, SilenceAlarm=1, PublisherSilenceAlarm=1)
    played.minutes(9)
    assert played.sent == []
    played.minutes(30)
    both = [f"{SCHEDULER} INSUFFICIENT_DATA", f"{PUBLISHER} INSUFFICIENT_DATA"]
    assert sorted(played.sent) == sorted(both)


def test_a_shard_that_does_not_run_is_sent(enabled: Transformed) -> None:
    played = Played(enabled.given(PublisherShards="2"))
    played.minutes(30, SilenceAlarm=1, PublisherSilenceAlarm=2)
    played.minutes(15, SilenceAlarm=1, PublisherSilenceAlarm=1)
    assert played.sent == [f"{PUBLISHER} ALARM"]


def test_a_stack_that_is_stopped_and_started_again_sends_nothing(enabled: Transformed) -> None:
    """The scheduler runs on, and only the publisher is silent."""
    played = Played(enabled)
    played.minutes(30, SilenceAlarm=1, PublisherSilenceAlarm=1)
    played.deploy(enabled.given(SchedulesState="DISABLED"))
    played.minutes(60, SilenceAlarm=1)
    played.deploy(enabled)
    played.minutes(30, SilenceAlarm=1, PublisherSilenceAlarm=1)
    assert played.sent == []

"""A cloud can be saved: what alarms and scaling keep is data."""

import pickle
from datetime import UTC, datetime

from lowtide_workbench.aws import Cloud


def test_alarms_metrics_and_activities_survive_a_pickle() -> None:
    cloud = Cloud(datetime(2026, 11, 23, tzinfo=UTC))
    alarm = {
        "AlarmName": "a",
        "Namespace": "Test",
        "MetricName": "Load",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    cloud.alarms.put_metric(alarm)
    cloud.alarms.put_composite({"AlarmName": "b", "AlarmRule": "ALARM(a) OR NOT OK(a)"})
    kept = pickle.loads(pickle.dumps((cloud.alarms.records, cloud.alarms.history, cloud.metrics)))  # noqa: S301
    records, history, _ = kept
    assert sorted(records) == ["a", "b"]
    assert [event.summary for event in history] == ['Alarm "a" created', 'Alarm "b" created']

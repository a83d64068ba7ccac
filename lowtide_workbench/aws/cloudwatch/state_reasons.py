"""StateReason: why an alarm came to its state, in CloudWatch's words."""

from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Alarm, Evaluation, State
from lowtide_workbench.aws.cloudwatch.metric_requests import instant

_SHOWN = 5  # data points at most
_WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


def state_reason(alarm: Alarm, before: State, result: Evaluation) -> str:
    if result.state == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {_counted(alarm.periods)} {_was(alarm.periods)} unknown."
    breaching = result.state == "ALARM"
    points = {
        at: value for at, value in result.points.items() if alarm.breaches(value) == breaching
    }
    if not points:
        return (
            f"Threshold Crossed: no datapoints were received for {alarm.periods} "
            f"period{_s(alarm.periods)} and {alarm.periods} missing "
            f"datapoint{_s(alarm.periods)} {_was(alarm.periods)} treated as "
            f"[{'Breaching' if breaching else 'NonBreaching'}]."
        )
    shown = list(points.items())[:_SHOWN]
    listed = ", ".join(f"{value} ({instant(at):%d/%m/%y %H:%M:%S})" for at, value in shown)
    needed = alarm.to_alarm or alarm.periods
    least = needed if breaching else alarm.periods - needed + 1
    return (
        f"Threshold Crossed: {len(points)} out of the last {alarm.periods} datapoints "
        f"[{listed}] {_was(len(points))} {'' if breaching else 'not '}"
        f"{_WORDS[alarm.comparison]} the threshold ({alarm.threshold}) "
        f"(minimum {_counted(least)} for {before} -> {result.state} transition)."
    )


def _counted(count: int) -> str:
    return f"{count} datapoint{_s(count)}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _s(count: int) -> str:
    return "" if count == 1 else "s"

"""In CloudWatch's words: why an alarm came to its state."""

from collections.abc import Mapping

from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Alarm, Evaluation, State
from lowtide_workbench.aws.cloudwatch.metric_requests import instant

_SHOWN = 5  # data points, at most
_WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}


def state_reason(alarm: Alarm, before: State, found: Evaluation) -> str:
    if found.state == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {_counted(alarm.periods)} {_was(alarm.periods)} unknown."
    breaching = found.state == "ALARM"
    told = {at: value for at, value in found.points.items() if alarm.breaches(value) == breaching}
    if not told:
        return (
            f"Threshold Crossed: no datapoints were received for {alarm.periods} "
            f"period{_s(alarm.periods)} and {alarm.periods} missing "
            f"datapoint{_s(alarm.periods)} {_was(alarm.periods)} treated as "
            f"[{'Breaching' if breaching else 'NonBreaching'}]."
        )
    needed = alarm.to_alarm or alarm.periods
    least = needed if breaching else alarm.periods - needed + 1
    return (
        f"Threshold Crossed: {len(told)} out of the last {alarm.periods} datapoints "
        f"[{_listed(told)}] {_was(len(told))} {'' if breaching else 'not '}"
        f"{_WORDS[alarm.comparison]} the threshold ({alarm.threshold}) "
        f"(minimum {_counted(least)} for {before} -> {found.state} transition)."
    )


def _listed(points: Mapping[int, float]) -> str:
    shown = list(points.items())[:_SHOWN]
    return ", ".join(f"{value} ({instant(at):%d/%m/%y %H:%M:%S})" for at, value in shown)


def _counted(count: int) -> str:
    return f"{count} datapoint{_s(count)}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _s(count: int) -> str:
    return "" if count == 1 else "s"

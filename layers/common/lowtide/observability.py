"""Logger and metrics of one function. It knows no workflow: each workflow has a report of its own.

May import lowtide.validation.
"""

from collections.abc import Iterable

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit, single_metric

from lowtide.validation import FieldError


class Reporter:
    """Logs, and counts with the dimensions `service` and `stack`.

    Powertools takes the name of the service from the environment.
    """

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self.logger = Logger()
        self.metrics = Metrics()
        self.metrics.set_default_dimensions(stack=stack)
        self._last: dict[str, object] = {}

    def is_new(self, subject: str, what: object) -> bool:
        """Whether it is something else than what this container last passed for the subject."""
        before, self._last[subject] = self._last.get(subject), what
        return what != before

    def count(self, name: str, count: int = 1) -> None:
        self.metrics.add_metric(name, MetricUnit.Count, count)

    def count_by_reason(self, name: str, reason: str, count: int = 1) -> None:
        """Counts with the dimensions `stack` and `reason`."""
        with single_metric(name, MetricUnit.Count, count) as metric:
            metric.add_dimension("stack", self._stack)
            metric.add_dimension("reason", reason)

    def gauge(self, name: str, value: float) -> None:
        self.metrics.add_metric(name, MetricUnit.NoUnit, value)

    def count_at_once(self, name: str, count: int) -> None:
        """With the dimensions of `count`, outside of an invocation's metrics: one that is mostly 0
        then costs only in the hours in which it is not."""
        with single_metric(name, MetricUnit.Count, count) as metric:
            metric.add_dimension("stack", self._stack)

    def gauge_of_endpoint(self, name: str, endpoint: str, value: float) -> None:
        """With the dimensions `EndpointName` and `service`."""
        with single_metric(name, MetricUnit.NoUnit, value) as metric:
            metric.add_dimension("EndpointName", endpoint)

    def file_errors(self, errors: Iterable[FieldError]) -> None:
        """Logs and counts the errors of the file: their entries are left out."""
        for error in errors:
            self.logger.error("config fault", extra={"fault": str(error)})
            self.count("ConfigFaults")

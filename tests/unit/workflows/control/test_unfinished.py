"""What `status` calls unfinished of an endpoint that the file lists."""

from dataclasses import replace

import pytest

from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Intent
from lowtide.workflows.control.unfinished import unfinished
from tests.unit.workflows.fakes import ASLEEP, CREATED, IN_SERVICE, MINUTE, NOW, context, of

ABSENT, CREATING = Endpoint("e", Status.ABSENT), of(Status.CREATING)
RESTORING = Record(restore_pending=True)
DRAINING = Record(draining_since=NOW - MINUTE)
BEGUN = Intent("Delete", "the window is closed", CREATED)


@pytest.mark.parametrize(
    ("record", "endpoint", "intent", "expected"),
    [
        pytest.param(Record(), IN_SERVICE, None, None, id="in service"),
        pytest.param(RESTORING, ABSENT, None, None, id="asleep"),
        pytest.param(RESTORING, IN_SERVICE, None, "verified as restored", id="restoring"),
        pytest.param(DRAINING, IN_SERVICE, None, "its scaling is suspended", id="draining"),
        pytest.param(DRAINING, ABSENT, None, None, id="gone since it drained"),
        pytest.param(RESTORING, CREATING, None, "SageMaker reports Creating", id="creating"),
        pytest.param(Record(), IN_SERVICE, BEGUN, "the step Delete is not known", id="begun"),
    ],
)
def test_unfinished(
    record: Record, endpoint: Endpoint, intent: Intent | None, expected: str | None
) -> None:
    found = unfinished(replace(context(ASLEEP, record, endpoint), intent=intent))
    assert (expected in found) if expected and found else found == expected

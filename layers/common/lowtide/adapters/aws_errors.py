"""Turns botocore's errors into the domain's.

SageMaker uses the code ValidationException for most errors, so the message decides.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NeverConnectedError

from lowtide.domain.errors import (
    AbsentError,
    AwsError,
    BusyError,
    ConditionError,
    DeniedError,
    UnreachableError,
)

# Both ends of a message are kept: AWS writes the refused value before the field that has it.
_HEAD, _TAIL = 600, 300

# The first entry that fits wins. A code or a message of "" fits any.
_MEANINGS: tuple[tuple[str, str, type[AwsError]], ...] = (
    ("AccessDenied", "", DeniedError),
    ("UnauthorizedOperation", "", DeniedError),
    ("", "does not have application-autoscaling:DeregisterScalableTarget", DeniedError),
    ("Throttl", "", BusyError),
    ("TooManyRequests", "", BusyError),
    ("RequestLimitExceeded", "", BusyError),
    ("ConcurrentUpdateException", "", BusyError),
    ("InternalServiceException", "", BusyError),
    ("", "Cannot update in-progress endpoint", BusyError),
    ("", "Cannot create already existing endpoint", BusyError),
    ("ConditionalCheckFailed", "", ConditionError),
    ("ObjectNotFound", "", AbsentError),
    ("ResourceNotFound", "", AbsentError),
    ("NotFoundException", "", AbsentError),  # of KMS
    ("Validation", "Could not find", AbsentError),
)


def meaning(error: ClientError) -> AwsError:
    """The domain's error for `error`."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    kinds = (kind for c, m, kind in _MEANINGS if code.startswith(c) and m in message)
    return next(kinds, AwsError)(_bounded(f"{error.operation_name}: {code}: {message}"))


@contextmanager
def translated() -> Iterator[None]:
    """Raises the domain's error for each of botocore's. Every call to AWS is made inside."""
    try:
        yield
    except ClientError as error:
        raise meaning(error) from error
    except (NeverConnectedError, HTTPClientError) as error:
        raise UnreachableError(_bounded(str(error))) from error
    except BotoCoreError as error:
        raise AwsError(_bounded(str(error))) from error


def _bounded(text: str) -> str:
    """The record, the history, logs and answers repeat it."""
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} … {text[-_TAIL:]}"

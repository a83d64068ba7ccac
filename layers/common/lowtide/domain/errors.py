"""The errors that callers treat differently."""


class LowtideError(Exception):
    """Anything that Lowtide reports by itself; its message is meant to be read by a person."""


class AwsError(LowtideError):
    """A call to AWS failed in a way that nothing else here names."""


class AbsentError(AwsError):
    """AWS says the resource does not exist. Never raised for a lack of permission."""


class DeniedError(AwsError):
    """The role may not make this call: says nothing about whether the resource exists."""


class BusyError(AwsError):
    """AWS is at work on the resource, or throttles: the call may succeed a minute later."""


class UnreachableError(BusyError):
    """AWS did not answer, or not in time."""


class ConditionError(AwsError):
    """A conditional write found the table other than it asked for."""


class StoredDataError(LowtideError):
    """An item of the table is not as Lowtide writes it."""


class ChangedError(LowtideError):
    """The endpoint is not any more as it was saved."""


class RequestError(LowtideError):
    """A request to the control function that cannot be carried out as written."""

"""One asynchronous request, and how it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from lowtide_workbench.aws.protocol.moto_s3 import read_object

type Document = Mapping[str, Any]

_DEFAULT_TTL_S = 21_600
_DEFAULT_TIMEOUT_S = 900


class End(Enum):
    """How a job ends."""

    PROCESSED = "processed"
    MODEL_FAILED = "the model answered with an error"
    TIMED_OUT = "the work took longer than InvocationTimeoutSeconds"
    NO_INPUT = "there is no object at InputLocation"
    NO_OUTPUT = "there is no bucket to write the answer to"
    EXPIRED = "it waited longer than RequestTTLSeconds"
    INTERRUPTED = "its instance was removed"
    LOST = "it ended without a trace"


@dataclass(slots=True, eq=False)
class Job:
    """`output` and `failure` are predictions: one of the two objects appears later (facts A21)."""

    endpoint: str
    inference_id: str
    request: Document
    body: bytes
    accepted: float
    output: str
    failure: str | None
    work_s: float  # on a type of speed 1
    status: int = 200  # that the model answers with
    waiting: bool = True
    available: float = field(init=False)  # from when on a worker may take it

    def __post_init__(self) -> None:
        self.available = self.accepted

    @property
    def expires(self) -> float:
        return self.accepted + float(self.request.get("RequestTTLSeconds", _DEFAULT_TTL_S))

    @property
    def timeout_s(self) -> float:
        return float(self.request.get("InvocationTimeoutSeconds", _DEFAULT_TIMEOUT_S))

    @property
    def input(self) -> bytes | None:
        location = self.request.get("InputLocation")
        return self.body if location is None else read_object(location)

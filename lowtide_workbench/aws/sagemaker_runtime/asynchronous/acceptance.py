"""InvokeEndpointAsync: what is refused, and the job that an accepted request becomes.

The containers of the embedded AWS read CustomAttributes: `seconds=1800&status=500` is half an hour
of work, and then an error of the model.
"""

import math
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.job import Job
from lowtide_workbench.aws.sagemaker_runtime.routing import refused

type Document = Mapping[str, Any]

_LONGEST_BODY = 128_000  # bytes (facts A14)


def accepted_job(
    endpoint: HostedEndpoint, request: Document, body: bytes, now: float, work_s: float
) -> Job:
    """The job of a request at `now`; `work_s` is its work where the request names none."""
    _check_input(request, body)
    output = endpoint.config.request["AsyncInferenceConfig"]["OutputConfig"]
    made_up = str(uuid.uuid4())
    failures = output.get("S3FailurePath")
    attributes = parse_qs(request.get("CustomAttributes", ""))
    return Job(
        endpoint=endpoint.name,
        inference_id=request.get("InferenceId", made_up),
        request=request,
        body=body,
        accepted=now,
        output=f"{_folder(output, request)}/{request.get('Filename', f'{made_up}.out')}",
        failure=f"{failures.rstrip('/')}/{made_up}-error.out" if failures else None,
        work_s=_number(attributes, "seconds", work_s),
        status=int(_number(attributes, "status", 200)),
    )


def _folder(output: Document, request: Document) -> str:
    path = output.get("S3OutputPath", f"s3://sagemaker-{REGION}-{ACCOUNT}").rstrip("/")
    extension = request.get("S3OutputPathExtension", "").strip("/")
    return "/".join(filter(None, [path, extension]))


def _number(attributes: Mapping[str, list[str]], name: str, default: float) -> float:
    """The attribute; `default` without one, or for what is no number of 0 or more."""
    try:
        value = float(attributes[name][0])
    except (KeyError, ValueError):
        return default
    return value if math.isfinite(value) and value >= 0 else default


def _check_input(request: Document, body: bytes) -> None:
    if ("InputLocation" in request) is bool(body):
        raise refused("Exactly one of InputLocation and Body must be given.")
    if len(body) > _LONGEST_BODY:
        raise refused(f"Body has {len(body)} bytes; at most {_LONGEST_BODY} are allowed.")

"""Writes what functions print into CloudWatch Logs, as far as their role may."""

from moto.logs.models import LogGroup, LogsBackend, logs_backends

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.lambda_service.function import Invocation
from lowtide_workbench.aws.lambda_service.roles import may

_KEPT = 10_000  # events of a stream


def write(group: str, role: str, memory_mb: int, invocation: Invocation) -> bool:
    """Whether the lines of the invocation could be written to its stream in the group."""
    backend: LogsBackend = logs_backends[ACCOUNT][REGION]
    if not _has_stream(backend, group, role, invocation.log_stream):
        return False
    at = int(invocation.at.timestamp() * 1000)
    events = [{"timestamp": at, "message": line} for line in _lines(invocation, memory_mb)]
    backend.put_log_events(group, invocation.log_stream, events)
    stream = backend.groups[group].streams[invocation.log_stream]
    del stream.events[:-_KEPT]
    return True


def _has_stream(backend: LogsBackend, group: str, role: str, stream: str) -> bool:
    known: LogGroup | None = backend.groups.get(group)
    if known is not None and stream in known.streams:
        return True
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    rights = {"CreateLogStream": f"{arn}:*", "PutLogEvents": f"{arn}:log-stream:{stream}"}
    if known is None:
        rights["CreateLogGroup"] = arn
    if not all(may(role, f"logs:{action}", resource) for action, resource in rights.items()):
        return False
    if known is None:
        backend.create_log_group(group, {})
    backend.create_log_stream(group, stream)
    return True


def _lines(invocation: Invocation, memory_mb: int) -> list[str]:
    """As Lambda writes them; what memory was used is not known here, and left out."""
    request = f"RequestId: {invocation.request_id}"
    duration_ms = invocation.duration_s * 1000
    report = (
        f"REPORT {request}\tDuration: {duration_ms:.2f} ms\t"
        f"Billed Duration: {max(1, -int(-duration_ms // 1))} ms\tMemory Size: {memory_mb} MB\t"
    )
    return [
        *invocation.init_lines,
        f"START {request} Version: $LATEST",
        *invocation.lines,
        f"END {request}",
        report,
    ]

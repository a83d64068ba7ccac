"""The admin API below /_lowtide/: the clock and the statuses."""

import json
import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.protocol.dispatcher import Reply

PREFIX = "/_lowtide/"
_LONGEST_S = 31 * 24 * 3600.0


class AdminApi:
    def __init__(self, cloud: Cloud, speed: float) -> None:
        self._cloud = cloud
        self._speed = speed
        self._routes: Mapping[tuple[str, str], Callable[[bytes], Reply]] = {
            ("GET", "clock"): lambda _: self._clock(),
            ("POST", "advance"): self._advance,
            ("GET", "statuses"): lambda _: self._statuses(),
        }

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        path = urlsplit(request.url).path
        if not path.startswith(PREFIX):
            return None
        route = self._routes.get((request.method, path.removeprefix(PREFIX)))
        if route is None:
            known = ", ".join(f"{method} {PREFIX}{name}" for method, name in self._routes)
            message = f"{request.method} {path} does not exist; there are {known}"
            return _json({"message": message}, 404)
        return route(cast("bytes", request.body))

    def _clock(self) -> Reply:
        return _json({"now": self._cloud.clock.now().isoformat(), "speed": self._speed})

    def _advance(self, body: bytes) -> Reply:
        seconds = _seconds(body)
        if seconds is None:
            valid = f'{{"seconds": n}}, more than 0 and at most {_LONGEST_S:.0f}'
            message = f"found {body.decode(errors='replace')!r}, expected {valid}"
            return _json({"message": message}, 400)
        self._cloud.advance(self._cloud.clock.now() + timedelta(seconds=seconds))
        return self._clock()

    def _statuses(self) -> Reply:
        return _json(
            [
                {"at": at.isoformat(), "endpoint": endpoint, "status": status}
                for at, endpoint, status in self._cloud.statuses
            ]
        )


def _seconds(body: bytes) -> float | None:
    try:
        given = json.loads(body)["seconds"]
        seconds = math.nan if isinstance(given, bool) else float(given)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    return seconds if math.isfinite(seconds) and 0 < seconds <= _LONGEST_S else None


def _json(document: Any, status: int = 200) -> Reply:
    body = json.dumps(document, indent=2).encode() + b"\n"
    return status, {"Content-Type": "application/json"}, body

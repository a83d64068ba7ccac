"""The admin API below /_lowtide/: the clock, the statuses and the drills."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.protocol.dispatcher import Reply
from lowtide_workbench.server.drills import requests
from lowtide_workbench.server.drills.running import Drills

PREFIX = "/_lowtide/"
_LONGEST_S = 31 * 24 * 3600.0


class AdminApi:
    def __init__(self, cloud: Cloud, speed: float) -> None:
        self._cloud = cloud
        self._speed = speed
        self._drills = Drills(cloud)
        self._routes: Mapping[tuple[str, str], Callable[[bytes], Reply]] = {
            ("GET", "clock"): lambda _: self._clock(),
            ("POST", "advance"): self._advance,
            ("GET", "statuses"): lambda _: self._statuses(),
            ("GET", "drills"): lambda _: self._list_drills(),
            ("POST", "drills"): self._begin_drill,
            ("DELETE", "drills"): lambda _: self._stop_drills([]),
        }

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        path = urlsplit(request.url).path
        if not path.startswith(PREFIX):
            return None
        name, *parts = path.removeprefix(PREFIX).split("/")
        if (request.method, name) == ("DELETE", "drills") and parts:
            return self._stop_drills(parts)
        route = None if parts else self._routes.get((request.method, name))
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

    def _list_drills(self) -> Reply:
        return _json({"now": self._cloud.clock.now().isoformat(), "drills": self._drills.views()})

    def _begin_drill(self, body: bytes) -> Reply:
        try:
            request = requests.read(body)
        except ValueError as error:
            return _json({"message": str(error)}, 400)
        return _json(self._drills.view(self._drills.begin(request)), 201)

    def _stop_drills(self, numbers: Sequence[str]) -> Reply:
        """Returns those that it stopped: all, without numbers."""
        views = self._drills.views()
        stopped = [view for view in views if not numbers or str(view["number"]) in numbers]
        if numbers and not stopped:
            running = ", ".join(str(view["number"]) for view in views) or "none"
            return _json({"message": f"no drill {numbers[0]} is running; running: {running}"}, 404)
        self._drills.stop([view["number"] for view in stopped])
        return _json({"drills": stopped})


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

"""A runbook is rehearsed by drills, through the admin API of `lowtide aws`."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from lowtide_workbench.aws.protocol.error_responses import Raw
from lowtide_workbench.aws.protocol.faults import Act, Attempt
from lowtide_workbench.server.admin_api import AdminApi
from tests.integration.functions.conftest import Town


class Drills:
    def __init__(self, town: Town) -> None:
        self._api = AdminApi(town.cloud, speed=0)

    def begin(self, kind: str, **fields: object) -> None:
        self._send("POST", {"kind": kind} | fields)

    def stop(self) -> int:
        """Stops all. The number of calls that they met."""
        return sum(each["calls"] or 0 for each in self._send("DELETE")["drills"])

    def _send(self, method: str, drill: object = None) -> Any:
        url = "http://127.0.0.1:4666/_lowtide/drills"
        body = json.dumps(drill).encode()
        reply = self._api.reply(AWSPreparedRequest(method, url, HTTPHeaders(), body, False))
        assert reply is not None
        assert reply[0] < 300, reply
        return json.loads(reply[2])


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that is changed: AWS has what the embedded AWS does not play.

    `change` gets the parameters and the answer.
    """

    change: Callable[[dict[str, Any], dict[str, Any]], None]

    def apply(self, attempt: Attempt, act: Act) -> AWSResponse:
        answer = act()
        assert answer is not None
        document = json.loads(answer.content)
        sent, headers = cast("bytes", attempt.request.body), cast("HTTPHeaders", answer.headers)
        self.change(json.loads(sent), document)
        body: Any = Raw(json.dumps(document).encode())
        return AWSResponse(answer.url, answer.status_code, headers, body)

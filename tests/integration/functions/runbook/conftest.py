"""A runbook is rehearsed by drills, through the admin API of `lowtide aws`."""

import json
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

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

"""Asks the admin API of `lowtide aws`, and nothing else: no proxy, no redirect, no other host."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

_PATH = "/_lowtide/drills"
_TIMEOUT_S = 60


class NoEmbeddedAwsError(Exception):
    """What AWS_ENDPOINT_URL names is not a server of `lowtide aws` on this machine."""


class RefusedError(Exception):
    """The server does not accept the request: what its answer says."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class DrillsClient:
    """Raises NoEmbeddedAwsError unless the URL leads to an embedded AWS on a loopback address."""

    def __init__(self, url: str | None) -> None:
        if not url:
            raise NoEmbeddedAwsError(
                "AWS_ENDPOINT_URL is not set. Drills are for the embedded AWS only: start "
                "`lowtide aws`, and set the variables that it prints"
            )
        self._url = url
        self._server = _loopback(url)
        listed = self._send("GET", _PATH)
        if listed is None or "drills" not in listed[1]:
            raise NoEmbeddedAwsError(
                f"AWS_ENDPOINT_URL: {url} is no embedded AWS, or an older one without drills. "
                "Nothing was sent to it but one GET"
            )
        self._listed: Any = listed[1]

    def running(self) -> Any:
        return self._listed

    def begin(self, drill: Mapping[str, object]) -> Any:
        return self._ask("POST", _PATH, json.dumps(drill).encode())

    def stop(self, number: int | None) -> Any:
        """Stops one, or all."""
        return self._ask("DELETE", _PATH if number is None else f"{_PATH}/{number}")

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        answer = self._send(method, path, body)
        if answer is None:
            raise NoEmbeddedAwsError(f"AWS_ENDPOINT_URL: {self._url} gave no answer in JSON")
        status, document = answer
        if status >= 400:
            raise RefusedError(str(document.get("message", status)), status)
        return document

    def _send(
        self, method: str, path: str, body: bytes | None = None
    ) -> tuple[int, Mapping[str, Any]] | None:
        """The status and the document; None for what is no JSON object."""
        connection = HTTPConnection(
            str(self._server.hostname), self._server.port or 80, timeout=_TIMEOUT_S
        )
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            document = json.loads(response.read())
        except (OSError, HTTPException) as error:
            raise NoEmbeddedAwsError(
                f"AWS_ENDPOINT_URL: {self._url} does not answer: {error}. Is `lowtide aws` running?"
            ) from error
        except ValueError:
            return None
        finally:
            connection.close()
        return (response.status, document) if isinstance(document, dict) else None


def _loopback(url: str) -> SplitResult:
    """The parts of the URL; raises NoEmbeddedAwsError where it leads off this machine."""
    try:
        parts = urlsplit(url)
        name, _port = parts.hostname or "", parts.port
        is_here = name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        is_here = False
    if not is_here or parts.scheme != "http":
        raise NoEmbeddedAwsError(
            f"AWS_ENDPOINT_URL: {url} is not this machine; expected for example "
            "http://127.0.0.1:4666. Drills never reach AWS"
        )
    return parts

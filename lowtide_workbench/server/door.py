"""Lets programs of this machine in, and keeps web pages out.

The server listens on loopback, which a browser reaches too: a page of any site could call it, or
its host name could be made to point to loopback (DNS rebinding).
"""

from ipaddress import ip_address
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment


def refusal(environ: WSGIEnvironment) -> str | None:
    """Why the request is refused, or None if it may enter."""
    host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN")
    if not _is_loopback(f"//{host}"):
        return f"the host {host!r} is not this machine"
    if origin is not None and not _is_loopback(origin):
        return f"it comes from a web page, {origin!r}"
    if environ.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        return "it comes from a web page of another site"
    return None


def _is_loopback(url: str) -> bool:
    try:
        name = urlsplit(url).hostname or ""
        return name == "localhost" or name.endswith(".localhost") or ip_address(name).is_loopback
    except ValueError:
        return False

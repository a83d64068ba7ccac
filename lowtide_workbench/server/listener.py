"""The socket, and a thread for each request."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

HOST = "127.0.0.1"
_POLL_S = 0.05  # how long the end is waited for


class _Quiet(MotoRequestHandler):
    """Errors are logged, requests are not."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del code, size


def bind(port: int) -> socket.socket:
    """On loopback only; 0 is any free port. Raises OSError where the port cannot be had."""
    return socket.create_server((HOST, port))


@contextmanager
def serving(application: WSGIApplication, bound: socket.socket) -> Iterator[str]:
    """Yields the URL that clients are pointed at."""
    # By its number: werkzeug, told to bind a port that is taken, ends the process.
    port, number = bound.getsockname()[1], bound.fileno()
    server = make_server(HOST, port, application, True, request_handler=_Quiet, fd=number)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_S,), name="listener")
    thread.start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.shutdown()
        thread.join()

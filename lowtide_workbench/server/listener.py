"""The HTTP server: a socket on loopback and a thread for each request."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

HOST = "127.0.0.1"
_POLL_S = 0.05  # how often the server looks whether it is to end


class _Quiet(MotoRequestHandler):
    """Logs errors and no requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del code, size


def bind(port: int) -> socket.socket:
    """A listening socket on loopback; 0 takes any free port. Raises OSError."""
    return socket.create_server((HOST, port))


@contextmanager
def serving(application: WSGIApplication, bound: socket.socket) -> Iterator[str]:
    """Yields the URL for AWS_ENDPOINT_URL."""
    # The socket is handed over: werkzeug ends the process where it cannot bind a port itself.
    port, number = bound.getsockname()[1], bound.fileno()
    server = make_server(HOST, port, application, True, request_handler=_Quiet, fd=number)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_S,), name="listener")
    thread.start()
    try:
        yield f"http://{HOST}:{port}"
    finally:
        server.shutdown()
        thread.join()

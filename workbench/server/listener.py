"""The socket, and a thread for each request."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

HOST = "127.0.0.1"


class _Quiet(MotoRequestHandler):
    """Errors are logged, requests are not."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del code, size


@contextmanager
def listening(application: WSGIApplication, port: int) -> Iterator[int]:
    """Serves on loopback; yields the port, which is a free one where 0 was asked for.

    Raises OSError where the port cannot be had.
    """
    # Bound here: werkzeug would end the process where the port is taken.
    with socket.create_server((HOST, port)) as bound:
        server = make_server(
            HOST, port, application, threaded=True, request_handler=_Quiet, fd=bound.fileno()
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="listener")
        thread.start()
        try:
            yield server.port
        finally:
            server.shutdown()
            thread.join()

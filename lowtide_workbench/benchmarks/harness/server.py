"""A process that answers like AWS, each call after 20 ms.

    python -m lowtide_workbench.benchmarks.harness.server MODULE

The module has ANSWERS, by operation. The process prints its port and, when its input ends, by how
much its answers took longer than 20 ms: what it computes itself is within them.
"""

import gzip
import importlib
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lowtide_workbench.benchmarks.harness.answers import Answers, ApiError, Document

LATENCY_S = 0.02


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answers: Answers) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self._lock = threading.Lock()
        self.calls = 0
        self.late_s = 0.0

    def count(self, late_s: float) -> None:
        with self._lock:
            self.calls += 1
            self.late_s += late_s


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"  # connections are kept
    wbufsize = -1  # an answer is one packet
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        began = time.perf_counter()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        status, answer = self._answer(operation, json.loads(body))
        left = LATENCY_S - (time.perf_counter() - began)
        time.sleep(max(left, 0.0))
        self._send(status, answer)
        self.server.count(time.perf_counter() - began - LATENCY_S)

    def _answer(self, operation: str, request: Document) -> tuple[int, bytes]:
        try:
            return 200, json.dumps(self.server.answers[operation](request)).encode()
        except ApiError as error:
            return 400, json.dumps({"__type": error.code, "message": str(error)}).encode()

    def _send(self, status: int, answer: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", self.headers["Content-Type"])
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Logs nothing, which would take time."""


def main() -> None:
    server = Server(importlib.import_module(sys.argv[1]).ANSWERS)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    report = {"calls": server.calls, "late_s": server.late_s}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()

"""The measured process, run as a script: a function's cold start, or that of a bare function.

`child.py FUNCTION` imports the function and invokes it once. `child.py` reads the clients and calls
that the first made, and makes them without Lowtide. Both print the processor time in seconds.
"""

import importlib.util
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout, suppress
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).parents[3]
EVENTS: dict[str, Any] = {
    "scheduler": {},
    "publisher": {},
    "control": {"action": "status"},
    "reconciler": {"Records": [{"messageId": "1", "body": '{"endpoint": "my-endpoint"}'}]},
}
_CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb="512", invoked_function_arn="f", aws_request_id="1"
)
_ABSENT = b'{"__type": "ValidationException", "message": "Could not find endpoint."}'
_EMPTY = b'{"Endpoints": [], "Items": [], "Count": 0}'


def answer(request: Any, event_name: str, **_: object) -> Any:
    """The answer of an account that has nothing, without a network."""
    from botocore.awsrequest import AWSResponse
    from botocore.compat import HTTPHeaders

    absent = event_name.endswith(".DescribeEndpoint")
    raw: Any = SimpleNamespace(stream=lambda: BytesIO(_ABSENT if absent else _EMPTY))
    return AWSResponse(request.url, 400 if absent else 200, HTTPHeaders(), raw)


def play(function: str, calls: list[Any]) -> None:
    """Imports the function and invokes it once; adds its clients and calls to `calls`."""
    import boto3

    def recorded(make: Callable[..., Any]) -> Any:
        def record_and_make(service: str, **more: Any) -> Any:
            calls.append([service, None, {}])
            return make(service, **more)

        return record_and_make

    def on_call(params: Any, model: Any, **_: object) -> None:
        calls.append([model.service_model.service_name, model.name, dict(params)])

    _session().events.register("provide-client-params", on_call)
    boto3.client, boto3.resource = recorded(boto3.client), recorded(boto3.resource)
    spec = importlib.util.spec_from_file_location("app", ROOT / "functions" / function / "app.py")
    if spec is None or spec.loader is None:
        raise ImportError(function)
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    app.lambda_handler(EVENTS[function], _CONTEXT)


def replay(calls: Sequence[Any]) -> None:
    """Makes one client of each service, and the calls."""
    from botocore import xform_name
    from botocore.exceptions import ClientError

    session, clients = _session(), dict[str, Any]()
    for service, operation, params in calls:
        if service not in clients:
            clients[service] = _client(session, service)
        if operation:
            with suppress(ClientError):
                getattr(clients[service], xform_name(operation))(**params)


def _session() -> Any:
    """boto3's default session, with that account behind it."""
    import boto3

    boto3.setup_default_session(region_name="us-east-1")
    made: Any = boto3.DEFAULT_SESSION
    made.events.register("before-send", answer)
    return made


def _client(session: Any, service: str) -> Any:
    """Only the resource writes values as DynamoDB's documents."""
    if service == "dynamodb":
        return session.resource(service).meta.client
    return session.client(service)


def main() -> None:
    function = sys.argv[1] if len(sys.argv) > 1 else ""
    calls = [] if function else json.load(sys.stdin)
    with redirect_stdout(sys.stderr):  # the function's log
        began = time.process_time()
        if function:
            play(function, calls)
        else:
            replay(calls)
        spent = time.process_time() - began
    sys.stdout.write(json.dumps({"cpu_s": spent, "calls": calls}))


if __name__ == "__main__":
    main()

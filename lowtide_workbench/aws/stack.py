"""A stack of Lowtide in the embedded AWS, as the demo and the tests use it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.cloudformation.deploy import Deployed, deploy
from lowtide_workbench.aws.lambda_service.invoker import InvocationFailure
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.protocol.faults import Call

_FILES = "layers/config/endpoints"


class Stack:
    """`functions` have short names here: "scheduler" is the function `<stack>-scheduler`."""

    def __init__(self, cloud: Cloud, deployed: Deployed) -> None:
        self.resources = deployed.physical_ids  # by logical id
        self._cloud = cloud
        self._prefix = f"{deployed.stack}-"
        own = set(self.resources.values())
        self.functions = {
            name.removeprefix(self._prefix): record.function
            for name, record in cloud.lambdas.state.functions.items()
            if name in own
        }

    @classmethod
    def deploy(
        cls,
        cloud: Cloud,
        template_path: Path,
        *,
        config_path: Path,
        name: str = "lowtide-dev",
        parameters: Mapping[str, str] | None = None,
        own_modules: OwnModules = OwnModules.AS_IN_LAMBDA,
    ) -> "Stack":
        """The environment has the name of the file `config_path`, which its config layer holds."""
        cloud.lambdas.functions.own_modules = own_modules
        given = {"Environment": config_path.stem, **(parameters or {})}
        file = {f"{_FILES}/{given['Environment']}.yaml": config_path}
        return cls(cloud, deploy(cloud, template_path, given, name, file))

    @property
    def failures(self) -> Sequence[InvocationFailure]:
        """The failed invocations, except of clients that waited."""
        return [
            replace(failure, function=failure.function.removeprefix(self._prefix))
            for failure in self._cloud.lambdas.invoker.failures
            if failure.function.startswith(self._prefix)
        ]

    @property
    def calls(self) -> Mapping[str, Counter[Call]]:
        """The number of calls of each operation of AWS, by function."""
        return {name: function.calls for name, function in self.functions.items()}

    def configure(self, **environment: str) -> None:
        """Other variables for all functions, from the next invocation on."""
        for function in self.functions.values():
            function.configure(**environment)

    def invoke(self, function: str, event: object) -> Any:
        """The result of the function; raises FunctionError. While it sleeps, time moves on."""
        return self._cloud.lambdas.invoke(self._prefix + function, event)

    def send(self, function: str, event: object) -> None:
        """Queues an event and does not wait (InvocationType Event)."""
        self._cloud.lambdas.invoker.queue(self._prefix + function, event)

    def poll(self) -> None:
        """Hands over all messages that are visible in the queues."""
        self._cloud.lambdas.poll()

"""What botocore works out anew for each session and client, worked out once for all of them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import boto3
import botocore.session
from botocore import client, hooks
from botocore.loaders import create_loader
from botocore.model import ServiceModel

from lowtide_workbench.aws.account import REGION

_accepts_keywords = lru_cache(maxsize=1024)(hooks.accepts_kwargs)
_event_name: Any = vars(hooks.EventAliaser)["_alias_event_name"]
_methods: Any = vars(client.ClientCreator)["_create_methods"]
_service_models = create_loader()
_known_names: dict[str, str] = {}
_known_methods: dict[tuple[str, ...], dict[str, Any]] = {}


def botocore_session() -> botocore.session.Session:
    """A session with the service models of all others: to read them takes a second."""
    session = botocore.session.get_session()
    session.register_component("data_loader", _service_models)
    return session


@contextmanager
def clients_made_quickly() -> Iterator[None]:
    """A cloud makes hundreds of clients; their methods and the names of their events are the same.

    The default session, too, has the service models of all others.
    """
    with ExitStack() as patches:
        enter = patches.enter_context
        enter(patch.object(hooks, "accepts_kwargs", _accepts_kwargs))
        enter(patch.object(hooks.EventAliaser, "_alias_event_name", _alias_event_name))
        enter(patch.object(client.ClientCreator, "_create_methods", _create_methods))
        default = boto3.Session(botocore_session=botocore_session(), region_name=REGION)
        enter(patch.object(boto3, "DEFAULT_SESSION", default))
        yield


def _accepts_kwargs(handler: Callable[..., object]) -> object:
    return _accepts_keywords(getattr(handler, "__func__", handler))


def _alias_event_name(aliaser: hooks.EventAliaser, name: str) -> str:
    if name not in _known_names:
        _known_names[name] = _event_name(aliaser, name)
    return _known_names[name]


def _create_methods(creator: client.ClientCreator, model: ServiceModel) -> dict[str, Any]:
    """The model of a newer botocore has more operations."""
    operations = (model.service_name, *model.operation_names)
    if operations not in _known_methods:
        _known_methods[operations] = _methods(creator, model)
    return dict(_known_methods[operations])  # botocore's handlers add to it

"""Policy documents of resources, as the services take them."""

import json
from collections.abc import Mapping
from typing import Any


def policy_text(document: Mapping[str, Any] | str) -> str:
    """The document as text. AWS takes one without Version as of 2008-10-17; moto refuses it."""
    read: dict[str, Any] = json.loads(document) if isinstance(document, str) else dict(document)
    return json.dumps({"Version": "2008-10-17", **read})

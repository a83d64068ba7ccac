"""Policy documents of resources, as the services take them."""

import json
from collections.abc import Mapping
from typing import Any


def policy_text(document: Mapping[str, Any] | str) -> str:
    """The document as text, with a Version: IAM takes one without, as SAM generates; moto not.

    The older version, which AWS assumes, differs in policy variables only.
    """
    read: dict[str, Any] = json.loads(document) if isinstance(document, str) else dict(document)
    return json.dumps({"Version": "2012-10-17", **read})

"""What a server answers with: a document for each operation, or AWS's error."""

from collections.abc import Callable, Mapping
from typing import Any

type Document = Mapping[str, Any]
type Answers = Mapping[str, Callable[[Document], Document]]


class RefusedError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

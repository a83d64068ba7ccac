"""What the server answers with: a document for each operation, or an error of AWS."""

from collections.abc import Callable, Mapping
from typing import Any

type Document = Mapping[str, Any]
type Answers = Mapping[str, Callable[[Document], Document]]


class ApiError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

"""An answer for each endpoint, where one that cannot be read costs only its own."""

from collections.abc import Callable, Sequence
from typing import Any

from lowtide.domain.errors import LowtideError
from lowtide.workflows.services import Services

type Answer = dict[str, Any]


def of_each(
    names: Sequence[str], answer_of: Callable[[str], Answer], services: Services
) -> list[Answer]:
    """Returns them in the order of `names`; one that fails or takes too long has an `error`."""
    answers = services.each(lambda name: or_error(name, lambda: answer_of(name)), names)
    return [
        answer if isinstance(answer, dict) else _failure(name, answer)
        for name, answer in zip(names, answers, strict=True)
    ]


def or_error(name: str, answer: Callable[[], Answer]) -> Answer:
    """Returns the answer, or an `error` in its place: whatever it is, it is about this endpoint."""
    try:
        return answer()
    except Exception as error:
        return _failure(name, error)


def _failure(name: str, error: Exception) -> Answer:
    kind = "" if isinstance(error, LowtideError) else f"{type(error).__name__}: "
    return {"endpoint": name, "error": f"{kind}{error}"}

"""How AWS says no."""


class Refusal(Exception):  # noqa: N818 (AWS refuses, nothing went wrong here)
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)

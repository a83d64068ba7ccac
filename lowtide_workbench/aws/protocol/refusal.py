"""The error that a service of our own answers with."""


class Refusal(Exception):  # noqa: N818 (an answer of AWS, no error of the program)
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)

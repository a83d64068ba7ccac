"""The error that a service of our own answers with."""


class Refusal(Exception):  # noqa: N818 (an answer of AWS, no error of the program)
    status = 400

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NotPlayed(Refusal):
    """AWS can do this and the embedded AWS cannot: a 501, which clients do not retry."""

    status = 501

    def __init__(self, message: str) -> None:
        super().__init__("NotImplemented", message)


def invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)


def invalid_request(message: str) -> Refusal:
    """The same, in the services of the query protocol."""
    return Refusal("ValidationError", message)

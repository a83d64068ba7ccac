"""Text for a terminal, which is wrapped between words and never cut."""

from textwrap import wrap


def hanging(text: str, width: int, *, indent: int) -> list[str]:
    """The lines of `text`, of which all but the first are indented.

    A name of 63 characters, the longest that SageMaker takes, is kept whole at 80 columns.
    """
    return wrap(
        text,
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )

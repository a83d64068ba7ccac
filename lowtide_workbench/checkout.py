"""The checkout whose template and functions the embedded AWS runs; the wheel does not hold them."""

from pathlib import Path


class NoCheckoutError(Exception):
    """Neither this package nor the working folder is in a checkout of Lowtide."""

    def __init__(self) -> None:
        super().__init__(
            f"no template.yaml of Lowtide in {Path.cwd()}: Lowtide's functions are run from a "
            "checkout of its repository; change to its root and run the command again"
        )


def template() -> Path:
    """The template.yaml of the checkout that holds this package, else of the working folder.

    Raises NoCheckoutError.
    """
    for root in (Path(__file__).parents[1], Path.cwd()):
        if (root / "template.yaml").is_file() and (root / "functions/reconciler/app.py").is_file():
            return root / "template.yaml"
    raise NoCheckoutError

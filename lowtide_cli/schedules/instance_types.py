"""The instance types that SageMaker hosts models on, as the installed botocore lists them."""

from collections.abc import Iterable, Iterator
from functools import cache

from lowtide.validation import closest

_LIKENESS = 0.9  # `ml.` and the size alone make any two names rather alike


def unknown_types(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yields each name that is not listed, and what to say about it.

    It may be right all the same: AWS adds types, and botocore lists them only from then on.
    """
    for name in names:
        if name not in _known():
            guess = closest(name, _known(), _LIKENESS)
            meant = f"did you mean {guess!r}?" if guess else "is it newer than this installation?"
            yield name, f"{name!r} is not an instance type that is known here; {meant}"


@cache
def _known() -> frozenset[str]:
    from botocore.loaders import create_loader  # the model of SageMaker takes some tenths to load

    model = create_loader().load_service_model("sagemaker", "service-2")
    return frozenset(model["shapes"]["ProductionVariantInstanceType"]["enum"])

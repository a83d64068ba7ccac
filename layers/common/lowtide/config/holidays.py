"""The countries whose public holidays are known, and their subdivisions."""

from collections.abc import Mapping, Sequence
from functools import cache

from lowtide.validation import nearest


def parse_country(value: object) -> str:
    """Raises ValueError with what would be valid."""
    if not isinstance(value, str):
        msg = "not text; write the code in quotes, for example 'NO'"
        raise ValueError(msg)
    if value not in _subdivisions():
        msg = "not a country that is known; write its ISO 3166 code, for example US, DE or GB"
        raise ValueError(msg)
    return value


def parse_subdivision(value: object, country: str | None) -> str:
    """`country` is None where it has an error of its own."""
    if not isinstance(value, str):
        msg = "not text; write the code in quotes, for example 'NY'"
        raise ValueError(msg)
    valid = _subdivisions()[country] if country else [value]
    if value not in valid:
        meant = nearest(value, valid) if valid else "leave it out"
        msg = f"not known as a part of {country}; {meant}"
        raise ValueError(msg)
    return value


@cache
def _subdivisions() -> Mapping[str, Sequence[str]]:
    """By two-letter code of the country."""
    import holidays  # slow to import, and few files name a country

    supported = holidays.list_supported_countries(include_aliases=False)
    return {country: list(parts) for country, parts in supported.items()}

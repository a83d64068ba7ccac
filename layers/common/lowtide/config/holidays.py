"""The countries whose public holidays are known, and their parts."""

from collections.abc import Mapping, Sequence
from functools import cache

from lowtide.validation import closest, nearest

_A_COUNTRY = "write an ISO 3166 code such as US, DE or GB"
_OFTEN_MEANT = {"UK": "GB", "EN": "GB"}


def parse_country(value: object) -> str:
    """Raises ValueError with what was probably meant."""
    if not isinstance(value, str):
        msg = f"not text; {_A_COUNTRY}, in quotes if YAML reads it otherwise"
        raise ValueError(msg)
    if value not in _subdivisions():
        meant = _country_meant(value)
        msg = f"not a country that is known; {f'did you mean {meant!r}?' if meant else _A_COUNTRY}"
        raise ValueError(msg)
    return value


def parse_subdivision(value: object, country: str | None) -> str:
    """`country` is None where it has a fault of its own."""
    if not isinstance(value, str):
        msg = "not text; write the code in quotes, for example 'NY'"
        raise ValueError(msg)
    valid = _subdivisions()[country] if country else [value]
    if value not in valid:
        hint = nearest(value, valid) if valid else "leave it out: no part has holidays of its own"
        msg = f"not known as a part of {country}; {hint}"
        raise ValueError(msg)
    return value


@cache
def _subdivisions() -> Mapping[str, Sequence[str]]:
    """By two-letter code."""
    import holidays  # slow to import, and few files name a country

    supported = holidays.list_supported_countries(include_aliases=False)
    return {country: list(parts) for country, parts in supported.items()}


def _country_meant(word: str) -> str | None:
    from holidays.registry import COUNTRIES

    known = _subdivisions()
    code = _OFTEN_MEANT.get(word.strip().upper(), word.strip().upper())
    if code in known:
        return code
    codes = {name: names[1] for names in COUNTRIES.values() for name in names}
    meant = closest(word.replace(" ", ""), codes)
    return codes[meant] if meant and codes[meant] in known else None

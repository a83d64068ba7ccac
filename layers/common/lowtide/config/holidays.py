"""The countries whose public holidays are known, and their subdivisions."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from lowtide.validation import closest

# Whose parts people take for countries.
_OF_FAMOUS_PARTS = ("GB", "US", "CA", "AU", "DE", "ES", "CH")
# What the library does not have: names of countries in lower case without spaces, and of parts.
_OTHER_NAMES = {
    "britain": "GB", "deutschland": "DE", "espana": "ES", "españa": "ES", "greatbritain": "GB",
    "holland": "NL", "italia": "IT", "nederland": "NL", "norge": "NO", "schweiz": "CH",
    "sverige": "SE", "österreich": "AT",
}  # fmt: skip
_OTHER_PARTS = {"DE": {"Bavaria": "BY", "Hesse": "HE", "Saxony": "SN", "Thuringia": "TH"}}
_NO_COUNTRY = "not a country that is known"
_LIKENESS = 0.8


def parse_country(value: object) -> str:
    """Raises ValueError with what would be valid."""
    if not isinstance(value, str):
        msg = "not text; write the code in quotes, for example 'NO'"
        raise ValueError(msg)
    if value not in _subdivisions():
        msg = f"{_NO_COUNTRY}; {_country_meant(value)}"
        raise ValueError(msg)
    return value


def parse_subdivision(value: object, country: str | None) -> str:
    """`country` is None where it has an error of its own."""
    if not isinstance(value, str):
        msg = "not text; write the code in quotes, for example 'NY'"
        raise ValueError(msg)
    if country and value not in _subdivisions()[country]:
        msg = f"not known as a part of {country}; {_subdivision_meant(value, country)}"
        raise ValueError(msg)
    return value


def _country_meant(value: str) -> str:
    """By its code or name only: of codes as short as these, one is like any other."""
    name = value.strip().replace(" ", "").replace("_", "").lower()
    if code := _country_codes().get(name):
        return f"did you mean {code!r}?"
    parts = ((country, _subdivision_code(value, country)) for country in _OF_FAMOUS_PARTS)
    for country, part in parts:
        if part:
            return f"did you mean {{country: {country}, subdivision: {part}}}?"
    return "write its ISO 3166 code, for example US, DE or GB"


def _subdivision_meant(value: str, country: str) -> str:
    valid = _subdivisions()[country]
    if not valid:
        return "leave it out: no part has holidays of its own"
    code = value.strip().upper().removeprefix(f"{country}-")
    guess = code if code in valid else _subdivision_code(value, country)
    return f"did you mean {guess!r}?" if guess else f"valid are {', '.join(sorted(valid))}"


def _subdivision_code(name: str, country: str) -> str | None:
    """Returns the code of the part of the country that has a name like this one."""
    import holidays

    known = getattr(holidays.country_holidays(country), "subdivisions_aliases", {})
    names = known | _OTHER_PARTS.get(country, {})
    guess = closest(name, names, _LIKENESS)
    return names[guess] if guess else None


@cache
def _country_codes() -> Mapping[str, str]:
    """The two-letter codes by every other name that the library has for a country."""
    from holidays.registry import COUNTRIES

    def names() -> Iterator[tuple[str, str]]:
        for module, (name, code, *others) in COUNTRIES.items():
            for known in (module.replace("_", ""), name, code, *others):
                yield known.lower(), code

    return _OTHER_NAMES | {name: code for name, code in names() if code in _subdivisions()}


@cache
def _subdivisions() -> Mapping[str, Sequence[str]]:
    """By two-letter code of the country."""
    import holidays  # slow to import, and few files name a country

    supported = holidays.list_supported_countries(include_aliases=False)
    return {country: list(parts) for country, parts in supported.items()}

"""HTML pages from Jinja templates, with the style sheet that all of them share."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lowtide.domain.wording import printable

HERE = Path(__file__).parent


def render(template: Path, **values: object) -> str:
    """The page; `css` is the style sheet. What else is markup must be wrapped in Markup."""
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        finalize=_printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template.name).render(css=part("page.css"), **values)


def _printable(value: object) -> object:
    """Text as it may be shown: autoescape leaves characters that turn the direction of writing."""
    return printable(value) if type(value) is str else value


def part(name: str) -> Markup:
    """A file of this folder as markup that is not escaped."""
    return Markup((HERE / name).read_text(encoding="utf-8"))  # noqa: S704, our own file

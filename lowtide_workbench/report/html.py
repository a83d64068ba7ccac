"""HTML pages from Jinja templates, with the style sheet that all of them share."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

HERE = Path(__file__).parent


def render(template: Path, **values: object) -> str:
    """The page; `css` is the style sheet. What else is markup must be wrapped in Markup."""
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template.name).render(css=part("page.css"), **values)


def part(name: str) -> Markup:
    """A file of this folder as markup that is not escaped."""
    return Markup((HERE / name).read_text(encoding="utf-8"))  # noqa: S704, our own file

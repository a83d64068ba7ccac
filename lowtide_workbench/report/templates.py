"""The templates of the pages and pictures of the workbench."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from lowtide.domain.wording import printable


def template(path: Path, **options: Any) -> Template:
    """Returns the one at `path`; what is put into it is safe as HTML, and has to be there."""
    environment = Environment(
        loader=FileSystemLoader(path.parent),
        autoescape=True,
        finalize=_safe_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    return environment.get_template(path.name)


def _safe_text(value: object) -> object:
    """Text as it may be shown: autoescape leaves characters that turn the direction of writing."""
    return printable(value) if type(value) is str else value

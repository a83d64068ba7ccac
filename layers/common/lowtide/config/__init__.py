"""The file that people write, parsed once into the domain's types.

May import lowtide.domain.schedule, lowtide.domain.endpoint and lowtide.validation.
"""

from lowtide.config.loader import Config, load, parse

__all__ = ["Config", "load", "parse"]

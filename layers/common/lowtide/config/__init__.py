"""The file that people write, parsed once into the domain's types.

May import validation, lowtide.domain.curve, lowtide.domain.schedule, lowtide.domain.endpoint and
lowtide.domain.duration.
"""

from lowtide.config.loader import Config, load, parse

__all__ = ["Config", "load", "parse"]

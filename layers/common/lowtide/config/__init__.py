"""The file that people write, parsed once into the domain's types.

May import lowtide.domain.schedule, lowtide.domain.endpoint and lowtide.validation.
"""

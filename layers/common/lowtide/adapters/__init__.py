"""The calls to AWS, one module or package for each service, in the words of the domain.

May import lowtide.domain and lowtide.validation; no adapter imports that of another service.
"""

"""The calls to AWS, one module or package for each service, in the words of the domain.

May import lowtide.domain, aws_errors and parallel, and no adapter of another service.
"""

"""Templates: read, transformed, held against parameters and schemas, resolved.

May import resource_types, lowtide_workbench.aws.protocol and lowtide_workbench.aws.account.
"""

"""The template read, and its resources made in the embedded AWS.

May import lambda_service, protocol, template_specs and account.
"""

"""The template read, and its resources made in the embedded AWS.

May import lambda_service, cloudwatch, protocol, virtual_time, template_specs and
account.
"""

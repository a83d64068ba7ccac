"""CloudFormation: templates, change sets and stacks, played through boto3.

May import protocol, account, settings and virtual_time.
"""

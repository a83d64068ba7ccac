"""IAM: which call a role allows, by its policies and by what each operation of AWS needs.

May import account, protocol and sagemaker.
"""

"""The one account and Region of the embedded AWS."""

ACCOUNT = "123456789012"
REGION = "us-east-1"

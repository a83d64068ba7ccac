"""What Lowtide decides: values in, values out. No boto3, clock, logger or environment."""

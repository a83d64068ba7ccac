"""The alarms of a stack that are on."""


def alarms_of(stack: str, profile: str | None, region: str | None) -> list[str] | None:
    """Returns the logical names of those in ALARM; None where CloudWatch does not answer, as it
    does not for a caller who may only invoke the control function."""
    # Imported here, so that `lowtide check` does not wait for boto3.
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = boto3.Session(profile_name=profile, region_name=region).client("cloudwatch")
        pages = client.get_paginator("describe_alarms").paginate(
            AlarmNamePrefix=f"{stack}-", StateValue="ALARM"
        )
        names = [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]]
    except (BotoCoreError, ClientError):
        return None
    return [name.removeprefix(f"{stack}-").rpartition("-")[0] or name for name in names]

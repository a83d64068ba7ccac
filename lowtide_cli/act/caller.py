"""Who asks, as AWS knows the caller."""

from lowtide_cli.schedules.files import refuse


def caller(profile: str | None, region: str | None) -> str:
    """Returns the last part of the caller's ARN: a user, or the session of a role.

    Exits where STS does not answer.
    """
    # Imported here, so that `lowtide check` does not wait for boto3.
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        arn = session.client("sts").get_caller_identity()["Arn"]
    except (BotoCoreError, ClientError) as error:
        refuse(f"AWS does not say who you are, so give --by: {' '.join(str(error).split())}")
    return arn.rpartition("/")[2].rpartition(":")[2]

"""Copies of an endpoint in SageMaker: created, waited for, and deleted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from shlex import quote
from time import sleep
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from lowtide.adapters.aws_errors import translated
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.duration import in_words
from lowtide.domain.endpoint import DELETABLE, Endpoint, Status
from lowtide.domain.errors import AwsError, BusyError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

TAG = "lowtide:rehearsal"  # its value is the name of the endpoint that was copied
POLL_S = 15
UNSEEN = timedelta(minutes=2)  # how long AWS may take to show what it creates: an assumption
_LONGEST_NAME = 63

type Show = Callable[[Endpoint], None]


class NotCreatedError(AwsError):
    """AWS refused to create the copy: there is none to delete."""


def client(profile: str | None, region: str | None) -> SageMakerClient:
    with translated():
        session = boto3.Session(profile_name=profile, region_name=region)
        return session.client("sagemaker", config=Config(retries={"mode": "standard"}))


def deletion(client: SageMakerClient, profile: str | None, name: str) -> tuple[str, ...]:
    """Returns lines of a shell. A name of 63 characters needs its own."""
    whose = f" --profile {quote(profile)}" if profile else ""
    command = f"aws sagemaker delete-endpoint --region {client.meta.region_name}{whose}"
    return (f"  {command} --endpoint-name \\", f"    {name}")


def name_for(original: str) -> str:
    """Returns a new name for a copy, within SageMaker's limit."""
    return f"{_prefix(original)}{secrets.token_hex(3)}"


def _prefix(original: str) -> str:
    infix = "-rehearsal-"
    return original[: _LONGEST_NAME - len(infix) - 6].rstrip("-") + infix


class Copies:
    """Only an endpoint with the tag of a copy is ever deleted, whatever its name."""

    def __init__(self, client: SageMakerClient, original: str) -> None:
        self._client = client
        self._endpoints = Endpoints(client)
        self._original = original
        self._seen = set[str]()  # the names that AWS has shown

    def left_over(self) -> list[str]:
        """Returns the copies of earlier runs: interrupted, or still running elsewhere."""
        with translated():
            pages = self._client.get_paginator("list_endpoints").paginate(
                NameContains=_prefix(self._original)
            )
            listed = [each for page in pages for each in page["Endpoints"]]
        found = [
            each["EndpointName"]
            for each in listed
            if each["EndpointStatus"] != "Deleting" and self._is_copy(each["EndpointArn"])
        ]
        self._seen.update(found)
        return found

    def create(self, name: str, config_name: str, timeout: timedelta, show: Show) -> Endpoint:
        """Returns the copy in service or failed, or as it is after `timeout`. Raises
        NotCreatedError where AWS refuses; after any other error the copy may exist."""
        try:
            self._endpoints.create(name, config_name, {TAG: self._original}, {})
        except AwsError as error:
            if _is_refusal(error):
                raise NotCreatedError(str(error)) from error
            raise
        end = datetime.now(UTC) + timeout
        for copy in self._observed(name):
            show(copy)
            pending = copy.status in {Status.CREATING, Status.ABSENT}  # AWS may show it late
            if not pending or datetime.now(UTC) >= end:
                break
        return copy

    def keep(self, copy: Endpoint) -> None:
        """Changes its tag, so that the next run does not take it for left over."""
        with translated():
            self._client.add_tags(
                ResourceArn=copy.arn, Tags=[{"Key": TAG, "Value": f"kept: {self._original}"}]
            )

    def delete(self, name: str, show: Show) -> None:
        """Returns when it is gone. SageMaker deletes none that is Creating, so this waits until it
        is something else. Raises AwsError where it was never seen: AWS may show it later."""
        end = datetime.now(UTC) + UNSEEN
        for copy in self._observed(name):
            if copy.status is Status.ABSENT:
                if name in self._seen:
                    return
                if datetime.now(UTC) >= end:
                    msg = f"AWS did not show it for {in_words(UNSEEN)}, and may show it later"
                    raise AwsError(msg)
            elif copy.status in DELETABLE:
                with suppress(BusyError):
                    self._delete(copy)
            show(copy)

    def _delete(self, copy: Endpoint) -> None:
        if not self._is_copy(copy.arn):
            raise AwsError(f"it has no tag {TAG}={self._original}")
        self._endpoints.delete(copy.name)

    def _is_copy(self, arn: str) -> bool:
        return self._endpoints.tags(arn).get(TAG) == self._original

    def _observed(self, name: str) -> Iterator[Endpoint]:
        """Yields the copy every 15 seconds, except while AWS does not answer."""
        while True:
            with suppress(BusyError):
                copy = self._endpoints.observe(name)
                if copy.status is not Status.ABSENT:
                    self._seen.add(name)
                yield copy
            sleep(POLL_S)


def _is_refusal(error: AwsError) -> bool:
    """Whether AWS answered the first try, with an error of the request. If that try was lost, the
    copy may exist, whatever a later try is answered."""
    if isinstance(error, BusyError) or not isinstance(error.__cause__, ClientError):
        return False
    answer = error.__cause__.response["ResponseMetadata"]
    is_answer = answer["HTTPStatusCode"] < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_answer and answer["RetryAttempts"] == 0

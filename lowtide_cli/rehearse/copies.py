"""Copies of an endpoint in SageMaker: created, waited for, and deleted."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from lowtide.adapters.aws_errors import translated
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint import DELETABLE, Endpoint, Status
from lowtide.domain.errors import AwsError, BusyError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

TAG = "lowtide:rehearsal"  # its value is the name of the endpoint that was copied
POLL_S = 15
_LONGEST_NAME = 63

type Show = Callable[[Endpoint], None]


def client(profile: str | None, region: str | None) -> SageMakerClient:
    with translated():
        session = boto3.Session(profile_name=profile, region_name=region)
        return session.client("sagemaker", config=Config(retries={"mode": "standard"}))


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

    def left_over(self) -> list[str]:
        """Returns the copies of earlier runs: interrupted, or still running elsewhere."""
        with translated():
            pages = self._client.get_paginator("list_endpoints").paginate(
                NameContains=_prefix(self._original)
            )
            listed = [each for page in pages for each in page["Endpoints"]]
        return [
            each["EndpointName"]
            for each in listed
            if each["EndpointStatus"] != "Deleting" and self._is_copy(each["EndpointArn"])
        ]

    def create(self, name: str, config_name: str, timeout: timedelta, show: Show) -> Endpoint:
        """Returns the copy in service or failed, or as it is after `timeout`."""
        self._endpoints.create(name, config_name, {TAG: self._original}, {})
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

    def delete(self, name: str, show: Show) -> bool:
        """Returns whether there was one, when it is gone. SageMaker deletes none that is Creating,
        so this waits until it is something else.
        """
        was_there = False
        for copy in self._observed(name):
            if copy.status is Status.ABSENT:
                break
            was_there = True
            if copy.status in DELETABLE:
                if not self._is_copy(copy.arn):
                    raise AwsError(f"it has no tag {TAG}={self._original}")
                self._endpoints.delete(name)
            show(copy)
        return was_there

    def _is_copy(self, arn: str) -> bool:
        return self._endpoints.tags(arn).get(TAG) == self._original

    def _observed(self, name: str) -> Iterator[Endpoint]:
        """Yields the copy every 15 seconds, except while AWS does not answer."""
        while True:
            with suppress(BusyError):
                yield self._endpoints.observe(name)
            sleep(POLL_S)

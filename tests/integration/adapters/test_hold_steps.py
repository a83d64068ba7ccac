"""Scaling of two variants, held and released through calls that may fail in between."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide.adapters.autoscaling import ScalingDocuments
from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.sagemaker import Endpoints
from lowtide.adapters.store import Store
from lowtide.domain.endpoints import Managed
from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle import Situation
from lowtide.domain.readings import NoReading
from lowtide.domain.record import Record
from lowtide.domain.schedules import ALWAYS, Wish
from lowtide.workflows.hold import hold, release
from lowtide.workflows.keep import snapshot_to_keep
from lowtide.workflows.world import World
from tests.integration.adapters.conftest import NAME, POOLS, Account
from workbench.aws.autoscaling import ApplicationAutoScaling
from workbench.aws.refusal import Refusal

STATES = {"AllTraffic": (False, False, True), "Canary": (False, False, False)}
PARTS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")

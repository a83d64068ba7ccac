"""A snapshot as an item of the table: JSON text and its hash.

The hash finds accidents. It has no key, so a writer can store another text with its hash: the
text is checked, too. Whether its documents belong to the endpoint is decided by
the domain.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any, NotRequired, TypedDict

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    ValidationError,
)

from lowtide.adapters.dynamodb.attributes import Attributes, Instant, Text, damaged
from lowtide.domain.snapshot import Document, Scaling, Snapshot, content_hash


def _instant_as_text(value: str) -> str:
    """Of any year: the EndTime of a person's action may be far away. boto3 sends it in UTC."""
    with suppress(ValueError, OverflowError):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is not None and instant.astimezone(UTC):
            return value
    raise ValueError("not an instant such as 2026-11-23T12:00:00+00:00")


type _Capacity = Annotated[StrictInt, Field(ge=0, le=10**9)]
type _Weight = Annotated[StrictFloat, Field(ge=0, le=10**9, allow_inf_nan=False)]
type _InstantAsText = Annotated[Text, AfterValidator(_instant_as_text)]


class _Document(TypedDict):
    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # whatever AWS adds


class _Scaled(_Document):
    ResourceId: Text


class _Range(_Document):
    MinCapacity: NotRequired[_Capacity]
    MaxCapacity: NotRequired[_Capacity]


class _Target(_Scaled, _Range):
    SuspendedState: NotRequired[dict[Text, StrictBool]]
    Tags: NotRequired[dict[Text, Text]]


class _Policy(_Scaled):
    PolicyName: Text


class _ScheduledAction(_Scaled):
    ScheduledActionName: Text
    Schedule: Text
    Timezone: NotRequired[Text]
    StartTime: NotRequired[_InstantAsText]
    EndTime: NotRequired[_InstantAsText]
    ScalableTargetAction: NotRequired[_Range]


class _Dimension(_Document):
    Name: Text
    Value: Text


class _Metric(_Document):
    Namespace: NotRequired[Text]
    MetricName: NotRequired[Text]
    Dimensions: NotRequired[list[_Dimension]]


class _MetricStat(_Document):
    Metric: _Metric


class _MetricQuery(_Document):
    MetricStat: NotRequired[_MetricStat]
    Expression: NotRequired[Text]


class _Alarm(_Metric):
    AlarmName: Text
    Metrics: NotRequired[list[_MetricQuery]]
    AlarmActions: NotRequired[list[Text]]
    OKActions: NotRequired[list[Text]]
    InsufficientDataActions: NotRequired[list[Text]]


class _Variant(_Document):
    VariantName: Text
    DesiredWeight: NotRequired[_Weight]
    InitialVariantWeight: NotRequired[_Weight]
    DesiredInstanceCount: NotRequired[_Capacity]
    InitialInstanceCount: NotRequired[_Capacity]


class _Scaling(Attributes):
    targets: tuple[_Target, ...] = ()
    policies: tuple[_Policy, ...] = ()
    scheduled_actions: tuple[_ScheduledAction, ...] = ()
    alarms: tuple[_Alarm, ...] = ()


class _Content(Attributes):
    """The oldest snapshots had only tags and scaling."""

    taken_at: Instant
    config_name: Text
    tags: dict[Text, Text]
    scaling: _Scaling
    deployment: dict[Text, Any] = Field(default_factory=dict)
    variants: tuple[_Variant, ...] = ()
    scheduled_until: Instant | None = None
    resource_policy: Text = ""
    newer_ranges: dict[Text, Instant] = Field(default_factory=dict)


class _Item(Attributes):
    text: Text
    sha256: Text


def snapshot_from(item: Mapping[str, Any]) -> Snapshot:
    """Raises StoredDataError where its hash does not match, or where its text is no snapshot."""
    stored = _Item.read(item)
    if content_hash(stored.text) != stored.sha256:
        raise damaged(item, "its hash does not match")
    try:
        return from_json(stored.text)
    except ValidationError as error:
        raise damaged(item, error) from error


def from_json(text: str) -> Snapshot:
    content = _Content.model_validate_json(text)
    fields = {name: getattr(content, name) for name in _Content.model_fields}
    documents: dict[str, tuple[Document, ...]] = dict(content.scaling)
    return Snapshot(**fields | {"scaling": Scaling(**documents)})

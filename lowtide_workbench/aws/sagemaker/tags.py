"""Tags of SageMaker's resources, which begin and end with the resource."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import invalid

type Document = dict[str, Any]
type Tags = dict[str, str]

MOST_TAGS = 50
_RESERVED = "aws: prefixed tag key names are not allowed for external use."


class TagsApi:
    """The tags of every resource whose creation called `begin`."""

    operations = frozenset({"AddTags", "DeleteTags", "ListTags"})

    def __init__(self) -> None:
        self._tags: dict[str, Tags] = {}  # by ARN

    def begin(self, arn: str, given: Sequence[Mapping[str, str]]) -> None:
        self._tags[arn] = _checked(given)

    def end(self, arn: str) -> None:
        self._tags.pop(arn, None)

    def of(self, arn: str) -> Tags:
        return self._tags.get(arn, {})

    def tagged(self) -> Mapping[str, Tags]:
        """The tags of all resources that have any."""
        return {arn: tags for arn, tags in self._tags.items() if tags}

    def add_tags(self, request: Document) -> Document:
        tags = self._find(request["ResourceArn"])
        both = tags | _checked(request["Tags"])
        _check_count(both)
        tags.update(both)
        return {"Tags": _listed(tags)}

    def list_tags(self, request: Document) -> Document:
        tags = _listed(self._find(request["ResourceArn"]))
        shown, token = page(tags, request, size=MOST_TAGS)
        return {"Tags": shown} | token

    def delete_tags(self, request: Document) -> None:
        tags = self._find(request["ResourceArn"])
        _check_reserved(request["TagKeys"])
        for key in request["TagKeys"]:
            tags.pop(key, None)

    def _find(self, resource: str) -> Tags:
        arn = resource.lower()
        if arn not in self._tags:
            kind = arn.rpartition(":")[2].partition("/")[0].replace("-config", " configuration")
            raise invalid(f'Could not find {kind} "{arn}".')
        return self._tags[arn]


def _checked(given: Sequence[Mapping[str, str]]) -> Tags:
    _check_reserved(tag["Key"] for tag in given)
    tags = {tag["Key"]: tag["Value"] for tag in given}
    if len(tags) < len(given):
        raise invalid("Duplicate tag keys are not allowed.")
    _check_count(tags)
    return tags


def _check_reserved(keys: Iterable[str]) -> None:
    if any(key.lower().startswith("aws:") for key in keys):
        raise invalid(_RESERVED)


def _check_count(tags: Tags) -> None:
    if len(tags) > MOST_TAGS:
        raise invalid(f"A resource cannot have more than {MOST_TAGS} tags.")


def _listed(tags: Tags) -> list[Document]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]

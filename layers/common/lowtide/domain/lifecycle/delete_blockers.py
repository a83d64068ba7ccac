"""Why an endpoint must not be deleted, nor saved and drained towards it.

Its status is no reason: where SageMaker deletes none, AWS is at work, and that is waited for.
"""

from collections.abc import Iterator, Mapping

from lowtide.domain.endpoint import CLOUDFORMATION_TAG, Kind
from lowtide.domain.lifecycle.blockers import Blocker, not_tagged
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.facts import DeletionFacts, Rights
from lowtide.domain.lifecycle.predicates import failed

# Several variants, data capture and a VPC are no hindrance: their configuration has them.
_UNSUPPORTED: Mapping[Kind, str] = {
    Kind.SERVERLESS: "it is serverless: it costs nothing while idle, and needs no sleep",
    Kind.ASYNCHRONOUS: "it is asynchronous: Application Auto Scaling can take it to zero by itself",
    Kind.COMPONENTS: "it hosts inference components: they would be lost, and can scale to zero",
    Kind.SHADOWED: "it has a shadow variant: a shadow test would end with it",
}


def delete_blockers(context: Context, facts: DeletionFacts) -> tuple[Blocker, ...]:
    """Everything that speaks against a delete; empty where nothing does."""
    return (
        *not_tagged(facts.tags, context.stack),
        *_of_cloudformation(context, facts.tags),
        *(Blocker(kind, _UNSUPPORTED[kind]) for kind in sorted(facts.kinds)),
        *_missing(facts.missing, facts.rights.missing),
        *_rights(context, facts.rights),
    )


def _of_cloudformation(context: Context, tags: Mapping[str, str]) -> Iterator[Blocker]:
    owner = tags.get(CLOUDFORMATION_TAG)
    if owner is not None and not context.managed.delete_cloudformation_owned:
        yield Blocker(
            "cloudformation",
            f"it belongs to the CloudFormation stack {owner}, and its entry does not say "
            "`delete_cloudformation_owned: true`",
        )


def _missing(by_config: Mapping[str, tuple[str, ...]], keys: tuple[str, ...]) -> Iterator[Blocker]:
    """Nothing where any of the configurations is complete and no KMS key is missing; else what
    lacks in the best of them, and the keys."""
    least: tuple[str, ...] = ()
    if all(by_config.values()):
        least = min(by_config.values(), key=lambda missing: len(missing))
    if what := ", ".join((*least, *keys)):
        yield Blocker("missing", f"it could not be created again: {what} is missing")


def _rights(context: Context, rights: Rights) -> Iterator[Blocker]:
    """A failed endpoint serves no requests: rights that IAM did not tell do not keep its name
    taken."""
    if rights.denied:
        what = ", ".join(rights.denied)
        yield Blocker("denied", f"it could not be restored: the reconciler's role lacks {what}")
    if rights.unknown and not failed(context):
        why = f"it is not known whether it could be restored: {rights.unknown}"
        yield Blocker("rights-unknown", why)

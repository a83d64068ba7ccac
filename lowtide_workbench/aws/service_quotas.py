"""Service Quotas of SageMaker hosting: the quotas that the embedded SageMaker refuses by."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal
from lowtide_workbench.aws.protocol.request_validation import service_model
from lowtide_workbench.aws.settings import Quotas

type Document = dict[str, Any]

_NO_LIMIT = 10_000  # shown where the embedded AWS has no limit: each quota of AWS has a value
_PAGE = 100


class ServiceQuotasApi:
    operations = frozenset(
        {
            "GetAWSDefaultServiceQuota",
            "GetServiceQuota",
            "ListAWSDefaultServiceQuotas",
            "ListServiceQuotas",
            "RequestServiceQuotaIncrease",
        }
    )

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas  # they may change

    def get_service_quota(self, request: Document) -> Document:
        code = request["QuotaCode"]
        for quota in self._of(request):
            if quota["QuotaCode"] == code:
                return {"Quota": quota}
        raise Refusal("NoSuchResourceException", f"There is no quota {code}.")

    def list_service_quotas(self, request: Document) -> Document:
        code = request.get("QuotaCode")
        quotas = [quota for quota in self._of(request) if code in (None, quota["QuotaCode"])]
        shown, token = page(quotas, request, _PAGE, "InvalidPaginationTokenException")
        return {"Quotas": shown} | token

    def get_aws_default_service_quota(self, request: Document) -> Document:
        raise _not_played(request)

    def list_aws_default_service_quotas(self, request: Document) -> Document:
        raise _not_played(request)

    def request_service_quota_increase(self, request: Document) -> Document:
        raise _not_played(request)

    def _of(self, request: Document) -> Sequence[Document]:
        if request["ServiceCode"] != "sagemaker":
            raise _not_played(request)
        return [_view(name, limit) for name, limit in _limits(self._quotas)]


def _not_played(request: Mapping[str, Any]) -> NotPlayed:
    return NotPlayed(
        "The embedded AWS plays GetServiceQuota and ListServiceQuotas of sagemaker only; "
        f"asked was {request['ServiceCode']}."
    )


def _limits(quotas: Quotas) -> Iterator[tuple[str, int | None]]:
    types = service_model("sagemaker").shape_for("ProductionVariantInstanceType")
    for instance_type in types.metadata["enum"]:
        yield f"{instance_type} for endpoint usage", quotas.of(instance_type)
    yield "Maximum number of instances per endpoint", quotas.instances_per_endpoint
    yield "Number of instances across active endpoints", quotas.instances


def _view(name: str, limit: int | None) -> Document:
    """As AWS shows a quota; the code is made up, since AWS lists its own nowhere."""
    code = f"L-{sha256(name.encode()).hexdigest()[:8].upper()}"
    return {
        "ServiceCode": "sagemaker",
        "ServiceName": "Amazon SageMaker",
        "QuotaArn": f"arn:aws:servicequotas:{REGION}:{ACCOUNT}:sagemaker/{code}",
        "QuotaCode": code,
        "QuotaName": name,
        "Value": float(_NO_LIMIT if limit is None else limit),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }

"""Who calls, as moto's STS says it."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from moto.sts.models import STSBackend

from lowtide_workbench.aws.account import ACCOUNT

_MADE_UP = f"arn:aws:sts::{ACCOUNT}:user/moto"  # no form of AWS
_ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/lowtide-workbench/visitor"
_ROLE_ID = "AROAIOSFODNN7EXAMPLE"

type Identity = tuple[str, str, str]  # user id, ARN, account


@contextmanager
def callers_have_a_role() -> Iterator[None]:
    """Callers without credentials of moto's own are in a role.

    Notebooks make the execution role of their models from the ARN of their own role.
    """
    of_moto = STSBackend.get_caller_identity

    def identity(backend: STSBackend, access_key_id: str, region: str) -> Identity:
        user_id, arn, account = of_moto(backend, access_key_id, region)
        if arn == _MADE_UP:
            return f"{_ROLE_ID}:visitor", _ROLE, account
        return user_id, arn, account

    with patch.object(STSBackend, "get_caller_identity", identity):
        yield

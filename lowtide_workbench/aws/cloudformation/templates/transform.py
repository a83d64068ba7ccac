"""The transform AWS::Serverless-2016-10-31, by the library with which AWS carries it out."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import boto3

from lowtide_workbench.aws.account import REGION

SERVERLESS = "AWS::Serverless-2016-10-31"


class TransformError(Exception):
    """The template is no valid SAM template; the message is that of the change set."""


def transformed(document: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """A SAM template as plain CloudFormation; raises TransformError."""
    result: dict[str, Any] = json.loads(
        _transformed(json.dumps(document), json.dumps(values, sort_keys=True))
    )
    return result


@lru_cache(maxsize=64)
def _transformed(document: str, values: str) -> str:
    """As text, since the translator changes what it is given. It takes a quarter of a second."""
    # Imported here: it takes one to two seconds, and only a SAM template needs it.
    from samtranslator.model.exceptions import (  # type: ignore[import-untyped]
        InvalidDocumentException,
    )
    from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
    from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]

    session = boto3.Session(region_name=REGION)
    translator = Translator({}, Parser(), boto_session=session)
    try:
        translated = translator.translate(json.loads(document), json.loads(values))
    except InvalidDocumentException as error:
        causes = ". ".join(cause.message for cause in error.causes)
        raise TransformError(
            f"Transform {SERVERLESS} failed with: Invalid Serverless Application Specification "
            f"document. Number of errors found: {len(error.causes)}. {causes}"
        ) from None
    finally:
        translator.metrics.publish()  # to nowhere; without it the library warns
    return json.dumps(translated)

"""What `sam build` makes runs here, if this process can stand in for its distributions."""

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest

from lowtide_workbench.aws.lambda_service.artefacts.artefact import Artefact
from lowtide_workbench.aws.lambda_service.function import Function
from lowtide_workbench.aws.lambda_service.handler import Configuration
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from tests.integration.workbench.aws.lambda_api.conftest import Lambda, zipped

ROOT = Path(__file__).parents[5]
VERSION = metadata.version("pydantic")
CORE = metadata.version("pydantic-core")
FOREIGN = "python/pydantic_core/_core.cpython-313-aarch64-linux-gnu.so"


def distribution(name: str, version: str, *files: str, requires: str = "") -> Mapping[str, str]:
    """A module that the artefact has and this process does not read, with its records."""
    folder, module = f"python/{name}-{version}.dist-info", name.replace("-", "_")
    paths = [f"{module}/__init__.py", *(file.removeprefix("python/") for file in files)]
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    return {
        f"{folder}/METADATA": about + (f"Requires-Dist: {requires}\n" if requires else ""),
        f"{folder}/RECORD": "".join(f"{path},,\n" for path in paths),
        **{f"python/{path}": "raise AssertionError('of the wheel')" for path in paths},
    }


@pytest.mark.parametrize(
    ("layer", "code", "problem"),
    [
        pytest.param({}, "import pydantic", None, id="a zip of the working tree: all is lent"),
        pytest.param(
            distribution("pydantic", VERSION),
            "import json, boto3\nfrom pydantic import BaseModel",
            None,
            id="the same version: this process stands in, and Lambda's runtime has boto3",
        ),
        pytest.param(
            distribution("pydantic", "1.10.2"),
            "",
            f"pydantic 1.10.2 cannot be run, {VERSION} is installed here",
            id="another version",
        ),
        pytest.param(
            distribution("nowhere", "1.0"),
            "",
            "nowhere 1.0 cannot be run, it is not installed here",
            id="a distribution that is not installed",
        ),
        pytest.param(
            distribution("pydantic", VERSION),
            "def handler():\n    import croniter",
            "No module named 'croniter'",
            id="the code imports what the layer lacks",
        ),
        pytest.param(
            distribution("pydantic", VERSION),
            "try:\n    import croniter\nexcept ImportError:\n    croniter = None",
            None,
            id="the code can do without what the layer lacks",
        ),
        pytest.param(
            distribution("pydantic", VERSION, requires="pydantic-core==2"),
            "",
            "No module named 'pydantic-core', which pydantic requires",
            id="a distribution lacks what it requires",
        ),
        pytest.param(
            distribution("pydantic", VERSION, requires="email-validator; extra == 'email'"),
            "",
            None,
            id="a requirement of an extra counts not",
        ),
        pytest.param(
            distribution("pydantic-core", CORE, FOREIGN),
            "",
            None,
            id="built for Lambda's processor, with a twin here",
        ),
        pytest.param(
            {FOREIGN: ""},
            "",
            "is built for another processor, and no distribution has it",
            id="built for Lambda's processor, without a twin",
        ),
    ],
)
def test_an_artefact_is_compared_with_this_process(
    tmp_path: Path, layer: Mapping[str, str], code: str, problem: str | None
) -> None:
    for name, text in {"code/app.py": code, **{f"opt/{n}": t for n, t in layer.items()}}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "opt").mkdir(exist_ok=True)
    found = Artefact(tmp_path / "code", tmp_path / "opt").problem
    assert found is None if problem is None else problem in (found or "")


def test_a_layer_that_cannot_be_run_is_told_at_deploy(aws: Lambda) -> None:
    content = {"ZipFile": zipped(distribution("pydantic", "1.10.2"))}
    layer = aws.api.publish_layer_version(LayerName="common", Content=content)
    with pytest.raises(aws.api.exceptions.InvalidParameterValueException) as raised:
        aws.create(Layers=[layer["LayerVersionArn"]])
    assert "Runtime.ImportModuleError: pydantic 1.10.2 cannot be run" in str(raised.value)
    assert not aws.api.list_functions()["Functions"]


SAYS_WHERE = """
    import aws_lambda_powertools, lowtide, lowtide.observability, pydantic

    def lambda_handler(event, context):
        modules = (aws_lambda_powertools, lowtide, lowtide.observability, pydantic)
        return [id(lowtide), *(module.__file__ for module in modules)]
"""


def working_tree() -> dict[str, str]:
    common = ROOT / "layers/common"
    files = sorted(common.rglob("*.py"))
    return {f"python/{file.relative_to(common)}": file.read_text() for file in files}


@pytest.mark.parametrize(
    ("own", "edited", "is_shared"),
    [
        pytest.param(OwnModules.AS_IN_LAMBDA, False, False, id="each has its own, as in Lambda"),
        pytest.param(OwnModules.WITH_STATE, False, True, id="what keeps no state may be shared"),
        pytest.param(OwnModules.WITH_STATE, True, False, id="but not where the zip differs"),
    ],
)
def test_sandboxes_import_lowtide_from_the_layer(
    aws: Lambda, own: OwnModules, edited: bool, is_shared: bool
) -> None:
    files = working_tree()
    if edited:
        files["python/lowtide/__init__.py"] += "\n"
    published = aws.api.publish_layer_version(
        LayerName="common", Content={"ZipFile": zipped(files)}
    )
    aws.cloud.lambdas.functions.own_modules = own
    answers = []
    for name in ("one", "two"):
        aws.create(SAYS_WHERE, FunctionName=name, Layers=[published["LayerVersionArn"]])
        answers.append(aws.invoke(FunctionName=name))
    (first, powertools, lowtide, _, third_party), (second, *_) = answers
    assert Path(lowtide).is_relative_to(ROOT) is is_shared
    assert (first == second) is is_shared
    assert Path(third_party).parents[1] == Path(powertools).parents[1], "both are lent"


BUILD = ROOT / ".aws-sam/build"


@pytest.mark.skipif(not (BUILD / "CommonLayer").is_dir(), reason="`make build` has not run")
def test_what_sam_built_runs(aws: Lambda) -> None:
    """The layer's wheels are for Lambda's processor; lowtide itself is imported from the layer."""
    aws.client("dynamodb").create_table(
        TableName="table",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("endpoint", "item")
        ],
        KeySchema=[
            {"AttributeName": "endpoint", "KeyType": "HASH"},
            {"AttributeName": "item", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    code, layers = BUILD / "ControlFunction", (BUILD / "CommonLayer", ROOT / "layers/config")
    artefact = Artefact.of(code, layers)
    assert artefact.problem is None
    assert artefact.own == ("app", "aws_lambda_powertools", "lowtide")
    variables = {
        "LOWTIDE_CONFIG": "/opt/endpoints/dev.yaml",
        "LOWTIDE_STACK": "lowtide-dev",
        "LOWTIDE_TABLE": "table",
        "LOWTIDE_LEAD_MINUTES": "30",
        "LOWTIDE_SHORTEST_LEAD_MINUTES": "5",
        "LOWTIDE_LONGEST_LEAD_MINUTES": "60",
        "LOWTIDE_LONGEST_CREATION_MINUTES": "60",
        "LOWTIDE_DELETION_GRACE_MINUTES": "5",
    }
    function = Function("lowtide-dev-control", Configuration(code, variables, artefact=artefact))
    answer = function.invoke({"action": "status"})
    assert [each["endpoint"] for each in answer["endpoints"]] == ["my-deepgram-endpoint"]

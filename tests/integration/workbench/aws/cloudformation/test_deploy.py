"""The project's own template, deployed in process from the working tree."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from lowtide_workbench.aws import Cloud, CloudSettings
from lowtide_workbench.aws.cloudformation.deploy import DeployError, deploy
from lowtide_workbench.aws.cloudformation.resource_types.base import client
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.checkout import template
from tests.integration.workbench.aws.conftest import START

DEV = {"Environment": "dev"}


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(START) as cloud:
        yield cloud


def test_the_template_is_deployed_updated_and_deleted(cloud: Cloud) -> None:
    deployed = deploy(cloud, template(), DEV)
    assert deployed.outputs["ControlFunctionName"] == "lowtide-dev-control"
    assert deployed.outputs["TableName"] == deployed.physical_ids["Table"]
    functions = client("lambda").list_functions()["Functions"]
    assert {each["FunctionName"] for each in functions} == {
        f"lowtide-dev-{name}"
        for name in ("scheduler", "reconciler", "publisher", "control", "planner")
    }
    (layers,) = {tuple(layer["Arn"] for layer in each["Layers"]) for each in functions}
    assert layers == tuple(
        physical_id for name, physical_id in deployed.physical_ids.items() if "Layer" in name
    )
    assert len(client("scheduler").list_schedules()["Schedules"]) == 6

    assert deploy(cloud, template(), DEV) == deployed, "nothing changed"

    deploy(cloud, template(), {**DEV, "LogRetentionDays": "60", "PublisherShards": "2"})
    groups = client("logs").describe_log_groups()["logGroups"]
    assert {each["retentionInDays"] for each in groups} == {60}
    schedule = client("scheduler").get_schedule(Name="lowtide-dev-publisher-1")
    assert (schedule["State"], '"shards": 2' in schedule["Target"]["Input"]) == ("ENABLED", True)

    client("cloudformation").delete_stack(StackName="lowtide-dev")
    assert client("lambda").list_functions()["Functions"] == []
    assert client("iam").list_roles()["Roles"] == []
    assert client("dynamodb").list_tables()["TableNames"] == [deployed.physical_ids["Table"]]


def test_folders_are_packed_as_sam_build_lays_them_out(cloud: Cloud) -> None:
    deploy(cloud, template(), DEV)
    s3, bucket = client("s3"), "lowtide-workbench-artefacts"
    packed: set[str] = set()
    for each in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read()
        packed.update(ZipFile(BytesIO(body)).namelist())
    assert packed >= {"app.py", "python/lowtide/__init__.py", "endpoints/dev.yaml"}
    assert not any("__pycache__" in name for name in packed)


def test_stacks_side_by_side_do_not_disturb_each_other(cloud: Cloud) -> None:
    dev = deploy(cloud, template(), DEV)
    prod = deploy(cloud, template(), {"Environment": "prod"}, "lowtide-prod")
    shared = {name for name, each in dev.physical_ids.items() if prod.physical_ids[name] == each}
    assert shared == set()
    client("cloudformation").delete_stack(StackName="lowtide-dev")
    functions = client("lambda").list_functions()["Functions"]
    assert {each["FunctionName"] for each in functions} == {
        f"lowtide-prod-{name}"
        for name in ("scheduler", "reconciler", "publisher", "control", "planner")
    }


def test_an_edited_folder_makes_a_new_layer_version(cloud: Cloud, tmp_path: Path) -> None:
    """The template of a layer, next to it, as it stands in the project's."""
    path, folder = tmp_path / "template.yaml", tmp_path / "config"
    folder.mkdir()
    path.write_text(
        "Transform: AWS::Serverless-2016-10-31\n"
        "Resources: {Layer: {Type: AWS::Serverless::LayerVersion, Properties: "
        "{ContentUri: config/, RetentionPolicy: Delete}}}\n"
    )
    versions = []
    for text in ("one", "one", "two"):
        (folder / "file.yaml").write_text(text)
        versions.append(list(deploy(cloud, path).physical_ids.values()))
    assert versions[0] == versions[1] != versions[2]
    assert len(versions[2]) == 1
    listed = client("lambda").list_layer_versions(LayerName="Layer")["LayerVersions"]
    assert [each["Version"] for each in listed] == [2], "the former version is deleted"
    (tmp_path / "other.yaml").write_text("one")
    deploy(cloud, path, files={"config/file.yaml": tmp_path / "other.yaml"})
    (layer,) = client("lambda").list_layer_versions(LayerName="Layer")["LayerVersions"]
    (first,) = client("lambda").list_layers()["Layers"]
    assert layer["Version"] == first["LatestMatchingVersion"]["Version"] == 3


def test_a_deployment_that_fails_says_why(cloud: Cloud) -> None:
    denied = Failed("AccessDeniedException", "no right for it")
    cloud.faults.add(Fault(denied, operation="CreateSchedule"))
    with pytest.raises(DeployError, match=r"ROLLBACK_COMPLETE; .*no right for it"):
        deploy(cloud, template(), DEV)
    assert client("lambda").list_functions()["Functions"] == []


def test_a_deployment_may_take_time() -> None:
    with Cloud(START, CloudSettings(stack_step_s=30)) as cloud:
        deploy(cloud, template(), DEV)
        assert (cloud.clock.now() - START).total_seconds() >= 60


def test_a_new_stack_takes_the_table_of_a_deleted_one_and_leaves_it(cloud: Cloud) -> None:
    old = deploy(cloud, template(), DEV, "lowtide-old").physical_ids["Table"]
    client("cloudformation").delete_stack(StackName="lowtide-old")
    new = deploy(cloud, template(), {**DEV, "ExistingTableName": old}, "lowtide-new")
    scheduler = client("lambda").get_function_configuration(FunctionName="lowtide-new-scheduler")
    assert scheduler["Environment"]["Variables"]["LOWTIDE_TABLE"] == new.outputs["TableName"] == old
    assert "Table" not in new.physical_ids
    client("cloudformation").delete_stack(StackName="lowtide-new")
    assert client("dynamodb").list_tables()["TableNames"] == [old]


@pytest.mark.parametrize(
    ("protection", "status", "tables"),
    [("DISABLED", "ROLLBACK_COMPLETE", 0), ("ENABLED", "ROLLBACK_FAILED", 1)],
)
def test_a_first_deploy_that_fails_removes_its_table_unless_it_is_protected(
    cloud: Cloud, protection: str, status: str, tables: int
) -> None:
    """So protection is off until the first deploy has succeeded."""
    cloud.faults.add(Fault(Failed("AccessDeniedException", "no"), operation="CreateSchedule"))
    with pytest.raises(DeployError):
        deploy(cloud, template(), {**DEV, "TableDeletionProtection": protection})
    (stack,) = client("cloudformation").describe_stacks(StackName="lowtide-dev")["Stacks"]
    assert stack["StackStatus"] == status
    assert len(client("dynamodb").list_tables()["TableNames"]) == tables

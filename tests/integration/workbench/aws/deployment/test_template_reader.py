"""What is read out of a template."""

from datetime import timedelta
from pathlib import Path

import pytest

from lowtide_workbench.aws.deployment.stack import period
from lowtide_workbench.aws.deployment.template import Template

TEMPLATE = Path(__file__).parents[5] / "template.yaml"


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        pytest.param({"Ref": "Environment"}, "staging", id="a given parameter wins"),
        pytest.param({"Ref": "LeadMinutes"}, "30", id="a default stands for one not given"),
        pytest.param({"Ref": "AWS::StackName"}, "tides", id="the stack's name is known"),
        pytest.param({"Fn::Sub": "${Environment}.yaml"}, "staging.yaml", id="Sub is filled in"),
        pytest.param({"Fn::GetAtt": ["Table", "Arn"]}, "arn:table", id="attributes are known"),
        pytest.param({"Fn::Sub": "${Table.Arn}/x"}, "arn:table/x", id="also inside Sub"),
        pytest.param([{"a": {"Ref": "Table"}}, 3], [{"a": "t"}, 3], id="however deep"),
    ],
)
def test_references_are_resolved(value: object, resolved: object) -> None:
    template = Template.load(TEMPLATE, {"Environment": "staging"}, stack="tides")
    known = template.knowing({"Table": "t", "Table.Arn": "arn:table"})
    assert known.resolve(value) == resolved


def test_a_reference_to_something_unknown_names_it() -> None:
    with pytest.raises(KeyError, match="refers to Tabel, which is not known here"):
        Template.load(TEMPLATE).resolve({"Ref": "Tabel"})


def test_a_rate_is_a_period_and_another_schedule_is_refused() -> None:
    assert period("rate(1 minute)") == timedelta(minutes=1)
    assert period("rate(2 hours)") == timedelta(hours=2)
    with pytest.raises(ValueError, match="rate"):
        period("cron(0 8 * * ? *)")


DEPLOYED = {
    "StepsDeadLetterQueue.QueueName": "dead",
    "StepsQueue.QueueName": "steps",
    **{
        f"{name}Function": name
        for name in ("Scheduler", "Reconciler", "Publisher", "Control", "Planner")
    },
}
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"


@pytest.mark.parametrize(
    ("parameters", "tables", "actions"),
    [
        pytest.param({}, {"Table"}, None, id="AWS::NoValue leaves the property out"),
        pytest.param(
            {"AlarmTopicArn": TOPIC}, {"Table"}, [TOPIC], id="Fn::If takes what its condition says"
        ),
        pytest.param(
            {"ExistingTableName": "old"}, set(), None, id="a resource whose condition fails is not"
        ),
    ],
)
def test_conditions_decide_what_there_is(
    parameters: dict[str, str], tables: set[str], actions: list[str] | None
) -> None:
    template = Template.load(TEMPLATE, parameters).knowing(DEPLOYED)
    assert set(template.tables()) == tables
    assert template.alarms()["AttentionAlarm"].get("AlarmActions") == actions


def test_retries_are_the_templates_or_those_of_aws() -> None:
    arns = ("StepsQueue.Arn", "ReconcilerRole.Arn", "SchedulesRole.Arn")
    known = {name: name for name in ("Table", "StepsQueue", *arns)}
    template = Template.load(TEMPLATE, {"Environment": "dev"}).knowing(known)
    retries = {spec.name: spec.retries for spec in template.functions()}
    assert (retries["scheduler"].attempts, retries["scheduler"].max_age_s) == (0, 60)
    assert (retries["reconciler"].attempts, retries["reconciler"].max_age_s) == (2, 21_600)
    assert {(s.retries.attempts, s.retries.max_age_s) for s in template.schedules()} == {(2, 60)}

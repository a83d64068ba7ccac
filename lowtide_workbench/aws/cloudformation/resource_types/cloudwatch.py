"""AWS::CloudWatch::Alarm and AWS::CloudWatch::Dashboard."""

from collections.abc import Mapping

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    client,
    listed,
    retag,
)


class Alarm(ResourceType):
    played = frozenset(
        {
            "ActionsEnabled",
            "AlarmActions",
            "AlarmDescription",
            "AlarmName",
            "ComparisonOperator",
            "DatapointsToAlarm",
            "Dimensions",
            "EvaluateLowSampleCountPercentile",
            "EvaluationPeriods",
            "ExtendedStatistic",
            "InsufficientDataActions",
            "MetricName",
            "Metrics",
            "Namespace",
            "OKActions",
            "Period",
            "Statistic",
            "Tags",
            "Threshold",
            "ThresholdMetricId",
            "TreatMissingData",
            "Unit",
        }
    )
    name_property = "AlarmName"

    def exists(self, name: str) -> bool:
        return bool(client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"])

    def create(self, name: str, properties: Properties) -> str:
        alarm = str(properties.get("AlarmName", name))
        client("cloudwatch").put_metric_alarm(**{**properties, "AlarmName": alarm})
        return alarm

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        cloudwatch = client("cloudwatch")
        fields = {name: value for name, value in new.items() if name != "Tags"}
        cloudwatch.put_metric_alarm(**{**fields, "AlarmName": physical_id})
        put, removed = retag(new, old)
        arn = self.attributes(physical_id, new)["Arn"]
        if put:
            cloudwatch.tag_resource(ResourceARN=arn, Tags=listed(put))
        if removed:
            cloudwatch.untag_resource(ResourceARN=arn, TagKeys=removed)

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("cloudwatch").delete_alarms(AlarmNames=[physical_id])

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        return {"Arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{physical_id}"}


class Dashboard(ResourceType):
    played = frozenset({"DashboardBody", "DashboardName"})
    name_property = "DashboardName"

    def exists(self, name: str) -> bool:
        found = client("cloudwatch").list_dashboards(DashboardNamePrefix=name)["DashboardEntries"]
        return any(each["DashboardName"] == name for each in found)

    def create(self, name: str, properties: Properties) -> str:
        dashboard = str(properties.get("DashboardName", name))
        self.update(dashboard, properties, {})
        return dashboard

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        client("cloudwatch").put_dashboard(
            DashboardName=physical_id, DashboardBody=new["DashboardBody"]
        )

    def delete(self, physical_id: str, properties: Properties) -> None:
        client("cloudwatch").delete_dashboards(DashboardNames=[physical_id])

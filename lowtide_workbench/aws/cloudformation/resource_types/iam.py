"""AWS::IAM::Role, AWS::IAM::Policy and AWS::IAM::ManagedPolicy."""

from collections.abc import Iterable, Mapping

from lowtide_workbench.aws.account import ACCOUNT
from lowtide_workbench.aws.cloudformation.resource_types.base import (
    Properties,
    ResourceType,
    chosen,
    client,
    differs,
    listed,
    policy_text,
    retag,
)

_CREATED = ("Description", "MaxSessionDuration", "Path", "PermissionsBoundary", "Tags")


class Role(ResourceType):
    played = frozenset(
        {*_CREATED, "AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies", "RoleName"}
    )
    name_property = "RoleName"
    set_by_create = played - {"ManagedPolicyArns", "Policies"}

    def create(self, name: str, properties: Properties) -> str:
        role = str(properties.get("RoleName", name))
        trust = policy_text(properties["AssumeRolePolicyDocument"])
        given = chosen(properties, *_CREATED)
        client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=trust, **given)
        return role

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        iam = client("iam")
        if differs("AssumeRolePolicyDocument", new, old):
            trust = policy_text(new["AssumeRolePolicyDocument"])
            iam.update_assume_role_policy(RoleName=physical_id, PolicyDocument=trust)
        if differs("Description", new, old) or differs("MaxSessionDuration", new, old):
            iam.update_role(
                RoleName=physical_id,
                Description=new.get("Description", ""),
                MaxSessionDuration=new.get("MaxSessionDuration", 3600),
            )
        _bound(physical_id, new, old)
        _put_inline(physical_id, new.get("Policies", ()), old.get("Policies", ()))
        _attach(physical_id, new.get("ManagedPolicyArns", ()), old.get("ManagedPolicyArns", ()))
        put, removed = retag(new, old)
        if put:
            iam.tag_role(RoleName=physical_id, Tags=listed(put))
        if removed:
            iam.untag_role(RoleName=physical_id, TagKeys=removed)

    def delete(self, physical_id: str, properties: Properties) -> None:
        _put_inline(physical_id, (), properties.get("Policies", ()))
        _attach(physical_id, (), properties.get("ManagedPolicyArns", ()))
        client("iam").delete_role(RoleName=physical_id)

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        path = properties.get("Path", "/")
        return {"Arn": f"arn:aws:iam::{ACCOUNT}:role{path}{physical_id}"}


class Policy(ResourceType):
    """An inline policy of roles."""

    played = frozenset({"PolicyDocument", "PolicyName", "Roles"})

    def create(self, name: str, properties: Properties) -> str:
        self.update(name, properties, {})
        return name

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        for role in new.get("Roles", ()):
            _put_inline(role, [new], [])
        self._remove(old, new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        self._remove(properties, {})

    def _remove(self, old: Properties, new: Properties) -> None:
        is_renamed = differs("PolicyName", new, old)
        for role in old.get("Roles", ()):
            if is_renamed or role not in new["Roles"]:
                _put_inline(role, [], [old])


class ManagedPolicy(ResourceType):
    played = frozenset({"Description", "ManagedPolicyName", "Path", "PolicyDocument", "Roles"})
    name_property = "ManagedPolicyName"
    set_by_create = played - {"Roles"}

    def create(self, name: str, properties: Properties) -> str:
        created = client("iam").create_policy(
            PolicyName=properties.get("ManagedPolicyName", name),
            PolicyDocument=policy_text(properties["PolicyDocument"]),
            **chosen(properties, "Description", "Path"),
        )
        return str(created["Policy"]["Arn"])

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        iam = client("iam")
        if differs("PolicyDocument", new, old):
            text = policy_text(new["PolicyDocument"])
            iam.create_policy_version(PolicyArn=physical_id, PolicyDocument=text, SetAsDefault=True)
            _drop_versions(physical_id)
        for role in set(new.get("Roles", ())) - set(old.get("Roles", ())):
            _attach(role, [physical_id], [])
        for role in set(old.get("Roles", ())) - set(new.get("Roles", ())):
            _attach(role, [], [physical_id])

    def delete(self, physical_id: str, properties: Properties) -> None:
        for role in properties.get("Roles", ()):
            _attach(role, [], [physical_id])
        client("iam").delete_policy(PolicyArn=physical_id)

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        return {"PolicyArn": physical_id}


def _put_inline(role: str, new: Iterable[Properties], old: Iterable[Properties]) -> None:
    iam = client("iam")
    now = {policy["PolicyName"]: policy_text(policy["PolicyDocument"]) for policy in new}
    before = {policy["PolicyName"]: policy_text(policy["PolicyDocument"]) for policy in old}
    for name, text in now.items():
        if before.get(name) != text:
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=text)
    for name in before.keys() - now.keys():
        iam.delete_role_policy(RoleName=role, PolicyName=name)


def _attach(role: str, new: Iterable[str], old: Iterable[str]) -> None:
    for arn in sorted(set(new) - set(old)):
        client("iam").attach_role_policy(RoleName=role, PolicyArn=arn)
    for arn in sorted(set(old) - set(new)):
        client("iam").detach_role_policy(RoleName=role, PolicyArn=arn)


def _bound(role: str, new: Properties, old: Properties) -> None:
    if not differs("PermissionsBoundary", new, old):
        return
    if (boundary := new.get("PermissionsBoundary")) is not None:
        client("iam").put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)
    else:
        client("iam").delete_role_permissions_boundary(RoleName=role)


def _drop_versions(arn: str) -> None:
    """A managed policy has at most five versions."""
    versions = client("iam").list_policy_versions(PolicyArn=arn)["Versions"]
    for version in versions:
        if not version["IsDefaultVersion"]:
            client("iam").delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])

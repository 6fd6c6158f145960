"""The operator on the local stack: the deployment as its account's owner sees it, or with the role of docs/operate.md."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3

from local.aws import ACCOUNT, REGION, ROOT
from local.stack import LocalStack
from operate.deployment import Deployment, find_local_deployment

POLICY = ROOT / "operate" / "policy.json"
_ROLE, _POLICY_NAME = "AirlockOperator", "operator"


def open_deployment(stack: LocalStack, folder: Path) -> Deployment:
    """Returns the deployment through a ready file, as `--ready-file` does."""
    path = folder / "ready.json"
    stack.write_ready_file(path)
    return find_local_deployment(path)


def read_policy() -> dict[str, Any]:
    """Returns the documented policy for the local stack."""
    text = POLICY.read_text("utf-8")
    for name, value in (("STAGE", "local"), ("REGION", REGION), ("ACCOUNT", ACCOUNT)):
        text = text.replace(name, value)
    policy: dict[str, Any] = json.loads(text)
    return policy


def list_actions() -> list[str]:
    return [action for statement in read_policy()["Statement"] for action in statement["Action"]]


@dataclass(frozen=True)
class OperatorRole:
    """A role with the documented policy, and the deployment that acts with it."""

    iam: Any
    deployment: Deployment

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        """Removes one action for a while."""
        policy = read_policy()
        for statement in policy["Statement"]:
            statement["Action"] = [each for each in statement["Action"] if each != action]
        policy["Statement"] = [statement for statement in policy["Statement"] if statement["Action"]]
        self._put(policy)
        try:
            yield
        finally:
            self._put(read_policy())

    def _put(self, policy: dict[str, Any]) -> None:
        self.iam.put_role_policy(RoleName=_ROLE, PolicyName=_POLICY_NAME, PolicyDocument=json.dumps(policy))


def create_role(stack: LocalStack, deployment: Deployment) -> OperatorRole:
    """Creates the role and assumes it."""
    iam = stack.emulator.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=_ROLE, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.put_role_policy(RoleName=_ROLE, PolicyName=_POLICY_NAME, PolicyDocument=json.dumps(read_policy()))
    assumed = stack.emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="operator")["Credentials"]
    session = boto3.Session(
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
        region_name=REGION,
    )
    return OperatorRole(iam, replace(deployment, session=session))

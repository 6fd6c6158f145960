"""A role of a local stack's account that has one documented policy and nothing else."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.aws import ACCOUNT, REGION
from local.stack import LocalStack
from tests.journeys.operate_command import OperateCommand

Policy = Mapping[str, Any]


def read_policy(path: Path, **names: str) -> Policy:
    """Returns a documented policy for the local stack. `names` are further placeholders and their values."""
    text = path.read_text("utf-8")
    for name, value in ({"STAGE": "local", "REGION": REGION, "ACCOUNT": ACCOUNT} | names).items():
        text = text.replace(name, value)
    policy: Policy = json.loads(text)
    return policy


@dataclass(frozen=True)
class PolicyRole:
    """The role. `credentials` are those of a session that has assumed it, as environment variables."""

    stack: LocalStack
    name: str
    policy: Policy
    credentials: Mapping[str, str]

    @property
    def command(self) -> OperateCommand:
        """`python -m operate` with this role."""
        return OperateCommand(self.stack, self.credentials)

    def open_session(self) -> boto3.Session:
        assumed: dict[str, str] = {name.lower(): value for name, value in self.credentials.items()}
        return boto3.Session(**assumed, region_name=REGION)  # type: ignore[arg-type]

    def create_s3_client(self) -> Any:
        """Creates a client that presigns with SigV4."""
        return self.open_session().client(
            "s3", endpoint_url=self.stack.s3, config=Config(signature_version="s3v4")
        )

    def list_sids(self) -> list[str]:
        return [statement["Sid"] for statement in self.policy["Statement"]]

    @contextmanager
    def without(self, sid: str) -> Iterator[None]:
        """Removes one statement for a while."""
        with self.limited_to([each for each in self.policy["Statement"] if each["Sid"] != sid]):
            yield

    @contextmanager
    def limited_to(self, statements: Sequence[Mapping[str, Any]]) -> Iterator[None]:
        """Leaves only these statements for a while."""
        self._put({**self.policy, "Statement": statements})
        try:
            yield
        finally:
            self._put(self.policy)

    def _put(self, policy: Policy) -> None:
        self.stack.emulator.client("iam").put_role_policy(
            RoleName=self.name, PolicyName=self.name, PolicyDocument=json.dumps(policy)
        )


def create_policy_role(stack: LocalStack, name: str, policy: Policy) -> PolicyRole:
    """Creates the role and assumes it."""
    iam, sts = stack.emulator.client("iam"), stack.emulator.client("sts")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(policy))
    assumed = sts.assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"]
    credentials = {
        "AWS_ACCESS_KEY_ID": assumed["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": assumed["SecretAccessKey"],
        "AWS_SESSION_TOKEN": assumed["SessionToken"],
    }
    return PolicyRole(stack, name, policy, credentials)

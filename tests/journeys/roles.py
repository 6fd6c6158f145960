"""The roles of the functions on the local AWS: clients with a role, its permissions, and a role without one of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from local.stack import LocalStack
from ministack_gaps.execution_role import PROBLEM
from tests.journeys.wait import wait_until


class Permission(NamedTuple):
    """One action of a role. `function` is the construct, `resource` a prefix, queue or table such as `staging`."""

    function: str
    action: str
    resource: str


@dataclass(frozen=True)
class Roles:
    stack: LocalStack

    def client(self, function: str, service: str) -> Any:
        """Returns a client that has assumed the role of a function."""
        arn = self._get_role(function)["Arn"]
        session = self._client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.stack.s3,
            region_name=self.stack.region,
            aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
            config=Config(signature_version="s3v4") if service == "s3" else None,
        )

    def list_permissions(self) -> set[Permission]:
        """Returns every action of every deployed role."""
        return {
            Permission(function, action, self._name(resource))
            for function in self._list_functions()
            for statement in self._get_policy(function)["Statement"]
            for action in _as_list(statement["Action"])
            for resource in _as_list(statement["Resource"])
        }

    @contextmanager
    def remove(self, permission: Permission) -> Iterator[None]:
        """Removes one action on one resource from a deployed role for a while."""
        policy = self._get_policy(permission.function)
        kept = [
            {**statement, "Action": action, "Resource": resource}
            for statement in policy["Statement"]
            for action in _as_list(statement["Action"])
            for resource in _as_list(statement["Resource"])
            if (action, self._name(resource)) != (permission.action, permission.resource)
        ]
        self._put_policy(permission.function, policy | {"Statement": kept})
        try:
            yield
        finally:
            self._put_policy(permission.function, policy)
            wait_until(
                lambda: not any(map(self.find_problem, ("ObjectCreatedQueue", "PurgeTasksQueue"))),
                "every queue is read",
            )

    def find_problem(self, queue: str) -> str | None:
        """Returns why the reader of this queue has no permission to read it."""
        mappings = self._client("lambda").list_event_source_mappings()["EventSourceMappings"]
        [result] = [m["LastProcessingResult"] for m in mappings if queue in m["EventSourceArn"]]
        return result if result.startswith(PROBLEM) else None

    def _name(self, resource: str) -> str:
        """Returns the short name of a resource, which is given as an ARN."""
        bucket, table = f"arn:aws:s3:::{self.stack.bucket}", f":table/{self.stack.table}"
        if resource.startswith(bucket):
            return resource.removeprefix(bucket).strip("/*") or "bucket"
        if table in resource:
            return resource.partition(table)[2].removeprefix("/index/") or "table"
        names = {
            "ObjectCreatedQueue": "upload events",
            "PurgeTasksQueue": "purge tasks",
            ":log-group:": "log",
        }
        [name] = [name for part, name in names.items() if part in resource]
        return name

    def _list_functions(self) -> list[str]:
        names = [f["FunctionName"] for f in self._client("lambda").list_functions()["Functions"]]
        return [name.partition("Function")[0].rpartition("-")[2] for name in names]

    def _get_role(self, function: str) -> Any:
        listed = self._client("iam").list_roles()["Roles"]
        [role] = [role for role in listed if f"-{function}Role" in role["RoleName"]]
        return role

    def _get_policy(self, function: str) -> dict[str, Any]:
        name = {"RoleName": self._get_role(function)["RoleName"], "PolicyName": "Permissions"}
        document: dict[str, Any] = self._client("iam").get_role_policy(**name)["PolicyDocument"]
        return document

    def _put_policy(self, function: str, policy: dict[str, Any]) -> None:
        name = {"RoleName": self._get_role(function)["RoleName"], "PolicyName": "Permissions"}
        self._client("iam").put_role_policy(**name, PolicyDocument=json.dumps(policy))

    def _client(self, service: str) -> Any:
        return self.stack.emulator.client(service)


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]

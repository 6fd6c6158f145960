"""The functions' roles on the local AWS: who takes one, what each may do, and how it is without one of its rights."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from local.stack import LocalStack
from ministack_gaps.execution_role import PROBLEM

_PATIENCE = 60.0


class Permission(NamedTuple):
    """`function` is the construct's name; `where` is the kind of resource, such as `staging` or `table`."""

    function: str
    action: str
    where: str


@dataclass(frozen=True)
class Roles:
    stack: LocalStack

    def client(self, function: str, service: str) -> Any:
        """For somebody who has taken this function's role, from outside the function."""
        arn = self._role(function)["Arn"]
        session = self._root("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.stack.s3,
            region_name=self.stack.region,
            aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
            config=Config(signature_version="s3v4") if service == "s3" else None,
        )

    def permissions(self) -> set[Permission]:
        """All that the deployed roles say, action by action."""
        return {
            Permission(function, action, self._where(resource))
            for function in self._functions()
            for statement in self._policy(function)["Statement"]
            for action in _as_list(statement["Action"])
            for resource in _as_list(statement["Resource"])
        }

    @contextmanager
    def without(self, permission: Permission) -> Iterator[None]:
        """The deployed role less this one action on this one resource."""
        whole = self._policy(permission.function)
        kept = [
            {**statement, "Action": action, "Resource": resource}
            for statement in whole["Statement"]
            for action in _as_list(statement["Action"])
            for resource in _as_list(statement["Resource"])
            if (action, self._where(resource)) != (permission.action, permission.where)
        ]
        self._put(permission.function, whole | {"Statement": kept})
        try:
            yield
        finally:
            self._put(permission.function, whole)
            self._wait_until_all_queues_are_read()

    def problem(self, queue: str) -> str | None:
        """Why the reader of this queue may not work it off."""
        mappings = self._root("lambda").list_event_source_mappings()["EventSourceMappings"]
        [said] = [m["LastProcessingResult"] for m in mappings if queue in m["EventSourceArn"]]
        return said if said.startswith(PROBLEM) else None

    def _wait_until_all_queues_are_read(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self.problem("ObjectCreatedQueue") or self.problem("PurgeTasksQueue"):
            assert time.monotonic() < deadline, "a queue is not read"
            time.sleep(0.05)

    def _where(self, resource: str) -> str:
        bucket, table = f"arn:aws:s3:::{self.stack.bucket}", f":table/{self.stack.table}"
        if resource.startswith(bucket):
            return resource.removeprefix(bucket).strip("/*") or "bucket"
        if table in resource:
            return resource.partition(table)[2].removeprefix("/index/") or "table"
        [found] = [
            name
            for part, name in {
                "ObjectCreatedQueue": "arrivals",
                "PurgeTasksQueue": "purges",
                ":log-group:": "log",
            }.items()
            if part in resource
        ]
        return found

    def _functions(self) -> list[str]:
        names = [f["FunctionName"] for f in self._root("lambda").list_functions()["Functions"]]
        return [name.partition("Function")[0].rpartition("-")[2] for name in names]

    def _role(self, function: str) -> Any:
        listed = self._root("iam").list_roles()["Roles"]
        [role] = [role for role in listed if f"-{function}Role" in role["RoleName"]]
        return role

    def _policy(self, function: str) -> dict[str, Any]:
        named = {"RoleName": self._role(function)["RoleName"], "PolicyName": "Permissions"}
        document: dict[str, Any] = self._root("iam").get_role_policy(**named)["PolicyDocument"]
        return document

    def _put(self, function: str, policy: dict[str, Any]) -> None:
        named = {"RoleName": self._role(function)["RoleName"], "PolicyName": "Permissions"}
        self._root("iam").put_role_policy(**named, PolicyDocument=json.dumps(policy))

    def _root(self, service: str) -> Any:
        return self.stack.emulator.client(service)


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]

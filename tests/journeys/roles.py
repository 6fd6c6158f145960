"""The roles of the functions on the local AWS: clients with a role, its permissions, and a role without one of them."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from functions.domain import edge_names
from functions.signing import delivery_keys
from local.deployment import STACK
from local.stack import LocalStack
from ministack_gaps.execution_role import PROBLEM
from tests.journeys.admin_client import AdminClient
from tests.journeys.wait import wait_until

_STEP_QUEUE = re.compile(r"-Steps(\w+?)(Tasks|Results)(?:Queue|DeadLetters)")
_DEAD_LETTERS = re.compile(r":sqs:.*DeadLetters")
_SECRET_OF_THE_EDGE = re.compile(
    rf":secret:({edge_names.secret_name(STACK)}|{delivery_keys.secret_name(STACK)})"
)
_NAMES = {
    "-ObjectCreated": "upload events",
    "-PurgeTasks": "purge tasks",
    "-SweepSlices": "slices",
    ":log-group:": "log",
    ":kms:": "key",
    ":secret:": "secret",
    "-WebhooksCrmDeliveries": "deliveries",
    "-WebhooksArchiveDeliveries": "deliveries",
    "-inventoryreports": "reports",
    "-ScanGuardDutyVerdicts": "verdicts",
    "-PushChanges": "changes",
    ":execute-api:": "connections",
    "-eventsfailures": "failures",
    ":event-bus/": "bus",
    "-AuditChanges": "audited changes",
    "-AuditRequests": "audited requests",
    "-auditbucket": "trail",
}
"""Parts of ARNs -> short names of the resources."""


_ATTEMPTS = 3


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
        arn = self._get_role_arn(function)
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
        """Returns every action of every deployed role.

        Policies that AWS manages are not included, nor the secrets that functions read behind the edge, which
        test_edge and test_delivery prove.
        """
        return {
            Permission(function, action, self._name(resource))
            for function in AdminClient(self.stack).list_functions()
            for statement in self._get_policy(function)["Statement"]
            for action in _as_list(statement["Action"])
            for resource in _as_list(statement["Resource"])
            if not _SECRET_OF_THE_EDGE.search(resource)
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
            wait_until(lambda: self.find_problem("") is None, "every queue is read")

    def prove_need(self, permission: Permission, attempt: Callable[[], bool]) -> None:
        """Fails unless `attempt` fails without a permission and succeeds with the whole role, so that it was the cause.

        A busy machine can fail an attempt. One whose preparations fail shows nothing, with or without the permission.
        """
        with self.remove(permission):
            is_done = _finish(attempt)
        assert not is_done, permission
        assert any(_finish(attempt) for _ in range(_ATTEMPTS)), permission

    def find_problem(self, queue: str) -> str | None:
        """Returns why the reader of this queue, or of any queue for "", has no permission to read it."""
        mappings = self._client("lambda").list_event_source_mappings()["EventSourceMappings"]
        results = [m["LastProcessingResult"] for m in mappings if queue in m["EventSourceArn"]]
        return next((result for result in results if result.startswith(PROBLEM)), None)

    def _name(self, resource: str) -> str:
        """Returns the short name of a resource, which is given as an ARN."""
        bucket, table = f"arn:aws:s3:::{self.stack.bucket}", f":table/{self.stack.table}"
        if resource.startswith(bucket):
            return resource.removeprefix(bucket).strip("/*") or "bucket"
        if f"{table}/stream/" in resource:
            return "stream"
        if table in resource:
            return resource.partition(table)[2].removeprefix("/index/") or "table"
        name = _name_other(resource)
        return f"dead letters of {name}" if _DEAD_LETTERS.search(resource) else name

    def _get_role_arn(self, function: str) -> str:
        name = AdminClient(self.stack).function_name(function)
        arn: str = self._client("lambda").get_function_configuration(FunctionName=name)["Role"]
        return arn

    def _get_policy(self, function: str) -> dict[str, Any]:
        document: dict[str, Any] = self._client("iam").get_role_policy(**self._find_policy(function))[
            "PolicyDocument"
        ]
        return document

    def _put_policy(self, function: str, policy: dict[str, Any]) -> None:
        name = self._find_policy(function)
        self._client("iam").put_role_policy(**name, PolicyDocument=json.dumps(policy))

    def _find_policy(self, function: str) -> dict[str, str]:
        role = self._get_role_arn(function).rpartition("/")[2]
        [policy] = self._client("iam").list_role_policies(RoleName=role)["PolicyNames"]
        return {"RoleName": role, "PolicyName": policy}

    def _client(self, service: str) -> Any:
        return self.stack.emulator.client(service)


def _name_other(resource: str) -> str:
    """Returns the short name of a log, or of a queue whether or not it is one of dead letters; `*` for an action without one."""
    if resource == "*":
        return resource
    if queue := _STEP_QUEUE.search(resource):
        return f"{queue[2].lower()} of {queue[1].lower()}"
    [name] = [name for part, name in _NAMES.items() if part in resource]
    return name


def is_denied(call: Callable[[], Any]) -> bool:
    """Returns whether AWS denies a call. A call that fails otherwise is not denied."""
    try:
        call()
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return False


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _finish(attempt: Callable[[], bool]) -> bool:
    """Returns the result of an attempt. It is repeated if its preparations fail."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(AssertionError):
            return attempt()
    return attempt()

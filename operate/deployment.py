"""A deployment: the outputs of its stack, and clients of AWS for it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions.domain.edge_names import EDGE_REGION, edge_stack_name
from operate.errors import OperateError
from operate.function import Function

_TIMEOUT = 310
"""Seconds to wait for a function: its own timeout is 300."""

_LOCAL_STACK = "Airlock-local"
_LOCAL_KEY = "local"
"""The root key of the local AWS."""

_TOKEN = "AIRLOCK_TOKEN"  # noqa: S105 - the name of an environment variable
"""Environment variable with an access token of the API. It is no argument, because other users of a machine see those."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployed stack. `token` is an access token of the API, None without one.

    `endpoint` is the endpoint of every AWS service, None for those of AWS.
    """

    stack: str
    session: Any
    endpoint: str | None = None
    api: str | None = None
    region: str | None = None
    """None for that of the session."""
    token: str | None = field(default=None, repr=False)

    def client(self, service: str, config: Config | None = None) -> Any:
        """Returns a client of boto3. Raises OperateError."""
        region = Config(region_name=self.region) if self.region else Config()
        merged = (config or Config()).merge(region).merge(Config(proxies={}) if self.endpoint else Config())
        try:
            return self.session.client(service, endpoint_url=self.endpoint, config=merged)
        except BotoCoreError as error:
            raise OperateError(str(error)) from error

    @property
    def edge(self) -> "Deployment":
        """The stack of the edge, in the Region of everything that CloudFront uses. It need not exist."""
        return replace(self, stack=edge_stack_name(self.stack), region=EDGE_REGION)

    @cached_property
    def _description(self) -> Mapping[str, Any]:
        """IAM action: cloudformation:DescribeStacks. Raises OperateError."""
        try:
            described = self.client("cloudformation").describe_stacks(StackName=self.stack)
        except (BotoCoreError, ClientError) as error:
            raise OperateError(f"the stack {self.stack} cannot be read: {error}") from error
        return dict(described["Stacks"][0])

    @property
    def is_settled(self) -> bool:
        """False while CloudFormation changes the stack. Raises OperateError."""
        return not str(self._description["StackStatus"]).endswith("_IN_PROGRESS")

    @property
    def stack_id(self) -> str:
        """The ARN of the stack. Raises OperateError."""
        return str(self._description["StackId"])

    @property
    def partition(self) -> str:
        """The partition of AWS, such as `aws` or `aws-cn`. Raises OperateError."""
        return self.stack_id.split(":")[1]

    @property
    def outputs(self) -> Mapping[str, str]:
        """The outputs of the stack. Raises OperateError."""
        outputs = self._description.get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def output(self, name: str) -> str:
        """Returns one output of the stack. Raises OperateError."""
        if name not in self.outputs:
            raise OperateError(f"the stack {self.stack} has no output {name}; deploy this version first")
        return self.outputs[name]

    @property
    def bucket(self) -> str:
        return self.output("Bucket")

    @property
    def table(self) -> str:
        return self.output("Table")

    @property
    def api_url(self) -> str:
        """The base of the API's URLs, without a slash at the end."""
        return (self.api or self.output("ApiUrl")).rstrip("/")

    @property
    def sweeps(self) -> Function:
        """The function `sweeps`. A call is never repeated, because the first one may still be at work."""
        client = self.client("lambda", Config(read_timeout=_TIMEOUT, retries={"total_max_attempts": 1}))
        return Function(client, self.output("SweepsFunction"))


def find_deployment(stage: str) -> Deployment:
    """Returns the deployment of a stage in the account of the caller."""
    return Deployment(stack=f"Airlock-{stage}", session=boto3.Session(), token=os.environ.get(_TOKEN))


def find_local_deployment(ready_file: Path) -> Deployment:
    """Returns the deployment on the local stack that has written this file. The caller is the owner of its account.

    The token is that of the first user. Raises OperateError.
    """
    try:
        ready = json.loads(ready_file.read_text("utf-8"))
        users = [user["accessToken"] for user in ready["users"]]
        session = boto3.Session(
            aws_access_key_id=_LOCAL_KEY, aws_secret_access_key=_LOCAL_KEY, region_name=ready["region"]
        )
        return Deployment(
            stack=_LOCAL_STACK,
            session=session,
            endpoint=ready["s3"],
            api=ready["api"],
            token=os.environ.get(_TOKEN) or next(iter(users), None),
        )
    except (OSError, ValueError, KeyError) as error:
        raise OperateError(
            f"{ready_file} is no ready file of a running stack: {error}; start `python -m local --ready-file {ready_file}`"
        ) from error

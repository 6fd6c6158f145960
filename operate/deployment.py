"""The functions of a deployment, found through the outputs of its stack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_TIMEOUT = 310
"""Seconds to wait for a function: its own timeout is 300."""


class OperateError(Exception):
    """Something that the operator has to know. The message is for a person."""


@dataclass(frozen=True)
class Function:
    """One deployed function. IAM action: lambda:InvokeFunction."""

    client: Any
    name: str

    def invoke(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns what the function returns. Raises OperateError."""
        try:
            response = self.client.invoke(FunctionName=self.name, Payload=json.dumps(payload).encode())
            result = json.loads(response["Payload"].read())
        except (BotoCoreError, ClientError) as error:
            raise OperateError(str(error)) from error
        if "FunctionError" in response:
            raise OperateError(f"{self.name} failed: {result.get('errorMessage', 'no message')}; see its log")
        if "error" in result:
            raise OperateError(result["error"])
        return dict(result)


def find_sweeps(stage: str) -> Function:
    """Returns the function `sweeps` of a stage. IAM action: cloudformation:DescribeStacks. Raises OperateError."""
    stack = f"Airlock-{stage}"
    try:
        described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        # A second invocation would start while the first one is still at work.
        once = Config(read_timeout=_TIMEOUT, retries={"total_max_attempts": 1})
        client = boto3.client("lambda", config=once)
    except (BotoCoreError, ClientError) as error:
        raise OperateError(f"the stack {stack} cannot be read: {error}") from error
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    if "SweepsFunction" not in outputs:
        raise OperateError(f"the stack {stack} has no output SweepsFunction; deploy this version first")
    return Function(client, outputs["SweepsFunction"])

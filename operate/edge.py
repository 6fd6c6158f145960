"""The secret that CloudFront sends to the API: created before the first deployment, and rotated without a refused call.

Its value is an object of JSON, number -> value. Functions accept every value, and CloudFront sends that of `edgeSecretNumber`. No
command changes a resource of a stack.
"""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from botocore.config import Config

from functions.domain.edge_names import EDGE_REGION, secret_name
from operate.aws_calls import translate_errors
from operate.deployment import Deployment
from operate.errors import OperateError

_BYTES = 32
_MAX_VALUES = 2
_REFERENCE = re.compile(r"\{\{resolve:secretsmanager:[^:}]+:SecretString:(\d+)\}\}")


def create(deployment: Deployment) -> list[int]:
    """Creates the secret with its first value, and its replica in us-east-1. Returns the numbers of its values.

    Does nothing if there is one. IAM actions: secretsmanager:CreateSecret, secretsmanager:ReplicateSecretToRegions,
    secretsmanager:GetSecretValue. Raises OperateError.
    """
    client, name = deployment.client("secretsmanager"), secret_name(deployment.stack)
    region = client.meta.region_name
    replicas = {} if region == EDGE_REGION else {"AddReplicaRegions": [{"Region": EDGE_REGION}]}
    try:
        with translate_errors():
            client.create_secret(
                Name=name,
                Description=f"Sent by CloudFront to the API of {deployment.stack}",
                SecretString=json.dumps({"1": _new_value()}),
                **replicas,
            )
    except OperateError as error:
        if "ResourceExistsException" not in str(error):
            raise
    return list_numbers(deployment)


def list_numbers(deployment: Deployment) -> list[int]:
    """Returns the numbers of the values. IAM action: secretsmanager:GetSecretValue. Raises OperateError."""
    return sorted(int(number) for number in _read(deployment))


def add(deployment: Deployment) -> int:
    """Adds a value with the next number, and returns that. IAM action: secretsmanager:PutSecretValue too. Raises OperateError."""
    values = _read(deployment)
    if len(values) >= _MAX_VALUES:
        raise OperateError(
            f"the secret has the values {_join(values)}; remove the one that CloudFront does not send"
        )
    number = max(map(int, values)) + 1
    _write(deployment, {**values, str(number): _new_value()})
    return number


def remove(deployment: Deployment, number: int) -> list[int]:
    """Removes a value that CloudFront does not send any more, and returns the others. Raises OperateError.

    IAM actions: cloudformation:GetTemplate and cloudformation:DescribeStacks in us-east-1, and those of `add`.
    """
    values = _read(deployment)
    if str(number) not in values:
        raise OperateError(f"the secret has the values {_join(values)}, and none with the number {number}")
    if number in (sent := read_sent_numbers(deployment)) or not sent:
        state = f"sends the value {number}" if sent else "sends no value that could be read"
        raise OperateError(f"CloudFront {state}; deploy another edgeSecretNumber first")
    del values[str(number)]
    _write(deployment, values)
    return sorted(map(int, values))


def read_sent_numbers(deployment: Deployment) -> set[int]:
    """Returns the numbers in the template of the deployed stack of the edge, none if there is no stack.

    Raises OperateError while that stack changes, because CloudFront may send either value then.
    """
    client, stack = deployment.edge.client("cloudformation"), deployment.edge.stack
    try:
        with translate_errors():
            status = client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
            template = client.get_template(StackName=stack)["TemplateBody"]
    except OperateError as error:
        if "does not exist" in str(error):
            return set()
        raise
    if status.endswith("IN_PROGRESS"):
        raise OperateError(f"the stack {stack} is {status}; try again when it is done")
    text = template if isinstance(template, str) else json.dumps(template)
    return {int(number) for number in _REFERENCE.findall(text)}


def _read(deployment: Deployment) -> dict[str, str]:
    client = deployment.client("secretsmanager")
    with translate_errors():
        text = client.get_secret_value(SecretId=secret_name(deployment.stack))["SecretString"]
    values: dict[str, str] = json.loads(text)
    return values


def _write(deployment: Deployment, values: Mapping[str, str]) -> None:
    client: Any = deployment.client("secretsmanager", Config(retries={"mode": "standard"}))
    with translate_errors():
        client.put_secret_value(SecretId=secret_name(deployment.stack), SecretString=json.dumps(values))


def _new_value() -> str:
    return secrets.token_urlsafe(_BYTES)


def _join(values: Mapping[str, str]) -> str:
    return " and ".join(sorted(values))

"""The webhook endpoints of a deployment, as the template has them, and the rotation of their secrets."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from functions.features.webhooks.secrets import EndpointSecrets
from functions.settings import variable_name
from operate.aws_calls import translate_errors
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.queues import DeadLetterQueue
from operate.template import read_template

_VARIABLE = variable_name("webhook")
_SECRET_BYTES = 33
_WAITING = ("", "NotVisible", "Delayed")
"""States of a message in the names of SQS's attributes."""


@dataclass(frozen=True)
class WebhookEndpoint:
    """One endpoint. `function` is the name of its function, `secret` the ARN of its secret."""

    name: str
    function: str
    url: str
    secret: str
    queue: DeadLetterQueue

    @property
    def host(self) -> str:
        """The host alone, because the rest of a URL may be meant for few eyes."""
        return urlsplit(self.url).netloc


def list_endpoints(deployment: Deployment) -> list[WebhookEndpoint]:
    """Returns the endpoints of the deployed template. Raises OperateError."""
    functions = read_template(deployment).list_resources("AWS::Lambda::Function")
    found = [(each.physical_id, _find_variable(each.properties)) for each in functions]
    return [_parse_endpoint(name, json.loads(content)) for name, content in found if content]


def find_endpoint(deployment: Deployment, name: str) -> WebhookEndpoint:
    """Returns one endpoint. Raises OperateError, which names the others."""
    endpoints = {each.name: each for each in list_endpoints(deployment)}
    if name not in endpoints:
        raise OperateError(f"no endpoint {name}; there are {', '.join(sorted(endpoints)) or 'none'}")
    return endpoints[name]


def count_waiting(client: Any, endpoint: WebhookEndpoint) -> int:
    """Returns the number of events that wait for an attempt. IAM action: sqs:GetQueueAttributes."""
    names = [f"ApproximateNumberOfMessages{state}" for state in _WAITING]
    with translate_errors():
        found = client.get_queue_attributes(QueueUrl=endpoint.queue.source_url, AttributeNames=names)
    return sum(int(found["Attributes"][name]) for name in names)


def rotate(client: Any, endpoint: WebhookEndpoint, overlap: timedelta, now: datetime) -> datetime:
    """Makes another secret and returns the time until which the one before signs too. Raises OperateError.

    IAM actions: secretsmanager:GetSecretValue, secretsmanager:PutSecretValue.
    """
    expires_at = now.replace(microsecond=0) + overlap
    new = base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    with translate_errors():
        text = client.get_secret_value(SecretId=endpoint.secret)["SecretString"]
        rotated = _parse_secrets(text).rotate(new, now, expires_at)
        client.put_secret_value(SecretId=endpoint.secret, SecretString=rotated.to_json())
    return expires_at.astimezone(UTC)


def _parse_secrets(text: str) -> EndpointSecrets:
    try:
        return EndpointSecrets.from_json(text)
    except ValueError as error:
        raise OperateError(str(error)) from error


def _find_variable(properties: Mapping[str, Any]) -> str:
    variables = properties.get("Environment", {}).get("Variables", {})
    return str(variables.get(_VARIABLE, ""))


def _parse_endpoint(function: str, content: Mapping[str, str]) -> WebhookEndpoint:
    queue = DeadLetterQueue(content["name"], content["deadLetters"], content["queue"])
    return WebhookEndpoint(content["name"], function, content["url"], content["secret"], queue)

"""The rotation of the secret of a webhook endpoint, on moto. tests/journeys/test_webhooks.py has the other actions."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from functions.features.webhooks.secrets import EndpointSecrets
from operate.errors import OperateError
from operate.queues import DeadLetterQueue
from operate.webhooks import WebhookEndpoint, rotate

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
GENERATED = json.dumps({"earlier": [], "current": "A" * 44})


@pytest.fixture
def client(session: boto3.Session) -> Any:
    return session.client("secretsmanager")


@pytest.fixture
def endpoint(client: Any) -> Iterator[WebhookEndpoint]:
    arn = client.create_secret(Name="crm", SecretString=GENERATED)["ARN"]
    queue = DeadLetterQueue("crm", "dead", "queue")
    yield WebhookEndpoint("crm", "function", "https://crm.example.com/hook?token=a", arn, queue)
    client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


def read(client: Any, endpoint: WebhookEndpoint) -> EndpointSecrets:
    return EndpointSecrets.from_json(client.get_secret_value(SecretId=endpoint.secret)["SecretString"])


def test_both_secrets_are_valid_for_the_overlap_and_then_the_new_one(
    client: Any, endpoint: WebhookEndpoint
) -> None:
    until = rotate(client, endpoint, timedelta(hours=24), NOW)
    rotated = read(client, endpoint)
    assert until == NOW + timedelta(hours=24)
    assert rotated.list_valid(NOW)[1:] == ["A" * 44]
    assert rotated.list_valid(until) == [rotated.current]
    assert rotated.current != "A" * 44


def test_a_rotation_in_the_overlap_of_another_keeps_all(client: Any, endpoint: WebhookEndpoint) -> None:
    rotate(client, endpoint, timedelta(hours=24), NOW)
    rotate(client, endpoint, timedelta(hours=24), NOW + timedelta(hours=1))
    assert len(read(client, endpoint).list_valid(NOW + timedelta(hours=2))) == 3


def test_a_value_that_is_not_that_of_an_endpoint_is_an_error(client: Any, endpoint: WebhookEndpoint) -> None:
    client.put_secret_value(SecretId=endpoint.secret, SecretString="broken-value")
    with pytest.raises(OperateError) as caught:
        rotate(client, endpoint, timedelta(hours=24), NOW)
    assert "broken-value" not in str(caught.value)


def test_only_the_host_of_a_url_is_shown(endpoint: WebhookEndpoint) -> None:
    assert endpoint.host == "crm.example.com"

"""Push in every engine: the page shows what another client changes, and after a lost connection what it has missed."""

import os
from typing import Any

import boto3
import httpx
import pytest

from functions.adapters.dynamodb.push_connections import owner_partition
from local.aws import DIRECT, REGION
from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.engines.example_page import ExamplePage
from tests.journeys.engines.marks import in_every_engine
from tests.journeys.engines.tab import Tab
from tests.journeys.wait import wait_until

STACK = "example_stack"

pytestmark = in_every_engine


@pytest.fixture(scope="module")
def other_client(example_stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(example_stack.api, example_stack.users[0].access_token, http)


@pytest.fixture(scope="module")
def gateway(example_stack: LocalStack) -> Any:
    """A client that closes connections as API Gateway does after its idle timeout."""
    assert example_stack.push
    return boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=example_stack.push.replace("ws", "http", 1),
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=DIRECT,
    )


def list_connections(stack: LocalStack) -> list[str]:
    items = stack.emulator.client("dynamodb").scan(TableName=stack.table)["Items"]
    return [item["sk"]["S"] for item in items if item["pk"]["S"].startswith(owner_partition(""))]


def upload(client: ApiClient) -> str:
    name = f"note-{os.urandom(4).hex()}.txt"
    client.upload(name.encode(), name, "text/plain", kind="reporting")
    return name


def test_the_page_shows_the_changes_of_another_client(
    tab: Tab, example_stack: LocalStack, other_client: ApiClient, gateway: Any
) -> None:
    earlier = list_connections(example_stack)

    def list_new() -> list[str]:
        """Other tests may have left connections that have no end yet."""
        return [each for each in list_connections(example_stack) if each not in earlier]

    other_client.request_patiently("GET", "/kinds")  # which the page asks for push, and waits for 5 seconds
    page = ExamplePage.open(tab, example_stack.web, example_stack.users[0].name)
    wait_until(lambda: len(list_new()) == 1, "the page is connected")
    page.expect_document(upload(other_client), "ready")

    [lost] = list_new()
    gateway.delete_connection(ConnectionId=lost)
    page.expect_document(upload(other_client), "ready")
    wait_until(lambda: lost not in (now := list_new()) and len(now) == 1, "it connects again")

    page.press("Sign out")
    wait_until(lambda: list_new() == [], "it closes the connection of the user")

"""Push in the deployed template, with real WebSockets: who gets which changes, tickets, and what is left in the table."""

import asyncio
import time
from collections.abc import Sequence

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from local.stack import LocalStack
from tests.deep import SOAK
from tests.journeys.api_client import ApiClient
from tests.journeys.push_client import TIMEOUT, Listener, create_ticket, open_connection, open_connections
from tests.journeys.wait import wait_until

STACK = "example_stack"

FEW, MANY = 10, 500 if SOAK else 50
"""Connections of one owner, and as many of another."""


@pytest.fixture(scope="module")
def tokens(example_stack: LocalStack) -> list[str]:
    return [user.access_token for user in example_stack.users]


@pytest.fixture(scope="module")
def owner(example_stack: LocalStack, tokens: list[str], http: httpx.Client) -> ApiClient:
    return ApiClient(example_stack.api, tokens[0], http)


def list_connections(stack: LocalStack) -> set[str]:
    """Returns the partitions of connections. An unused ticket ends by itself."""
    pages = stack.emulator.client("dynamodb").get_paginator("scan").paginate(TableName=stack.table)
    keys = [item["pk"]["S"] for page in pages for item in page["Items"]]
    return {key for key in keys if key.startswith("PUSH#") and not key.startswith("PUSH#TICKET#")}


def wait_until_told(listeners: Sequence[Listener], document_id: str, change: str) -> None:
    """Returns when all are told of a change. Waits longer than others, because `push` tries again after 30 seconds."""
    deadline = time.monotonic() + 300
    while not all(each.has(document_id, change) for each in listeners):
        assert time.monotonic() < deadline, f"not every connection is told of {change}"
        time.sleep(0.1)


def test_each_connection_of_an_owner_sees_its_changes_and_no_other_owner_does(
    example_stack: LocalStack, tokens: list[str], owner: ApiClient
) -> None:
    earlier = list_connections(example_stack)
    asyncio.run(check_two_owners(example_stack, tokens, owner, FEW))
    wait_until(lambda: list_connections(example_stack) <= earlier, "every closed connection is forgotten")


@pytest.mark.deep
def test_an_owner_with_all_connections_sees_its_changes_and_no_other_owner_does(
    example_stack: LocalStack, tokens: list[str], owner: ApiClient
) -> None:
    asyncio.run(check_two_owners(example_stack, tokens, owner, MANY))


async def check_two_owners(
    stack: LocalStack, tokens: Sequence[str], owner: ApiClient, connections: int
) -> None:
    """Uploads a document while both owners have so many connections. Only the first one is told of it."""
    both = [*[tokens[0]] * connections, *[tokens[1]] * connections]
    async with open_connections(stack.api, both) as listeners:
        mine, others = listeners[:connections], listeners[connections:]
        document = await asyncio.to_thread(owner.upload, b"a note", "a.txt", "text/plain", kind="reporting")
        for change in ("created", "processing", "ready"):
            await asyncio.to_thread(wait_until_told, mine, document["id"], f"document.{change}")
        assert [each.changes for each in others] == [[]] * connections
        ready = next(each for each in mine[0].changes if each["type"] == "document.ready")
        assert not {"bucket", "key", "versionId", "owner"} & ready.keys()
        same = ("kind", "size", "sha256", "contentType", "metadata")
        assert {name: ready[name] for name in same} == {name: document[name] for name in same}


def test_a_ticket_opens_one_connection(example_stack: LocalStack, tokens: list[str]) -> None:
    with open_connection(example_stack.api, tokens[0]) as url:
        with pytest.raises(InvalidStatus) as refused:
            connect(url, open_timeout=TIMEOUT, proxy=None)
        assert refused.value.response.status_code == 403


def test_nobody_connects_without_a_ticket(example_stack: LocalStack, tokens: list[str]) -> None:
    endpoint, _, ticket = create_ticket(example_stack.api, tokens[0]).json()["url"].partition("?ticket=")
    for url in (endpoint, f"{endpoint}?ticket=", f"{endpoint}?ticket={ticket[:-1]}"):
        with pytest.raises(InvalidStatus) as refused:
            connect(url, open_timeout=TIMEOUT, proxy=None)
        assert refused.value.response.status_code == 403
    assert create_ticket(example_stack.api, "no-token").status_code == 401


def test_the_logs_have_no_ticket(example_stack: LocalStack, tokens: list[str]) -> None:
    with open_connection(example_stack.api, tokens[0]) as url:
        pass
    log = example_stack.emulator.log.read_text(errors="replace")
    assert url.partition("?ticket=")[2] not in log

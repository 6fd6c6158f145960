"""Each permission of the functions of push is needed, and there is no other."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.items import build_item
from functions.adapters.dynamodb.push_connections import owner_partition
from functions.domain.keys import owner_key
from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.push_client import TIMEOUT, create_ticket, open_connection, open_connections
from tests.journeys.roles import Permission, Roles, is_denied
from tests.journeys.wait import wait_until

STACK = "example_stack"

_QUERY, _PUT, _DELETE = ("dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem")
_READ = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_MANAGE = Permission("Push", "execute-api:ManageConnections", "connections")
PERMISSIONS = {
    *(Permission("PushTickets", action, "table") for action in (_QUERY, _PUT)),
    *(Permission("PushSockets", action, "table") for action in (_QUERY, _PUT, _DELETE)),
    *(Permission("Push", action, "table") for action in (_QUERY, _DELETE)),
    *(Permission("Push", action, "changes") for action in _READ),
    _MANAGE,
}
OWNER = "0" * 32


@pytest.fixture(scope="module")
def roles(example_stack: LocalStack) -> Roles:
    return Roles(example_stack)


def of(function: str, resource: str) -> list[Permission]:
    return sorted(each for each in PERMISSIONS if (each.function, each.resource) == (function, resource))


def read_subject(token: str) -> str:
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def batch(owner: str, sequence: int) -> dict[str, Any]:
    """Returns an event of the function `push` with one change."""
    names = ("actor", "kind", "size", "contentType", "sha256", "code", "at")
    detail = dict.fromkeys(names) | {"id": "1", "status": "ready", "metadata": {}, "renditions": {}}
    body = {"detail-type": "document.ready", "detail": detail | {"owner": owner, "sequence": sequence}}
    return {"Records": [{"messageId": "1", "body": json.dumps(body)}]}


def test_there_is_no_other_permission(roles: Roles) -> None:
    granted = {
        each for each in roles.list_permissions() if each.function in ("Push", "PushTickets", "PushSockets")
    }
    assert {each for each in granted if each.resource != "log"} == PERMISSIONS
    assert len({each for each in granted if each.resource == "log"}) == 6


def test_no_ticket_is_issued_without_a_permission(roles: Roles, example_stack: LocalStack) -> None:
    token = example_stack.users[0].access_token
    for permission in of("PushTickets", "table"):
        with roles.remove(permission):
            assert create_ticket(example_stack.api, token).status_code == 503, permission
    assert create_ticket(example_stack.api, token).status_code == 201


def test_no_connection_opens_without_a_permission(roles: Roles, example_stack: LocalStack) -> None:
    def get_url() -> str:
        return str(create_ticket(example_stack.api, example_stack.users[0].access_token).json()["url"])

    for permission in of("PushSockets", "table"):
        with roles.remove(permission), pytest.raises(InvalidStatus) as refused:
            connect(get_url(), open_timeout=TIMEOUT, proxy=None)
        assert refused.value.response.status_code >= 500, permission
    with open_connection(example_stack.api, example_stack.users[0].access_token):
        pass


def test_the_role_of_push_reads_no_document(roles: Roles, example_stack: LocalStack) -> None:
    client = roles.client("Push", "dynamodb")

    def query(partition: str) -> Any:
        return client.query(
            TableName=example_stack.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_item({":pk": partition}),
        )

    assert query(owner_partition(OWNER))["Items"] == []
    assert is_denied(lambda: query(OWNER))


def test_nothing_is_pushed_without_a_permission(roles: Roles, example_stack: LocalStack) -> None:
    admin = AdminClient(example_stack)
    old = datetime.now(UTC) - timedelta(minutes=1)
    gone = {"pk": owner_partition(OWNER), "sk": "gone="}
    values = {"connected_at": old.isoformat(), "ttl": int(old.timestamp()) + 7_200}
    admin.client("dynamodb").put_item(TableName=example_stack.table, Item=build_item(gone | values))
    for permission in of("Push", "table"):
        with roles.remove(permission):
            returned = {"batchItemFailures": [{"itemIdentifier": "1"}]}
            assert admin.invoke("Push", batch(OWNER, 1)) == returned, permission
    assert admin.invoke("Push", batch(OWNER, 1)) == {"batchItemFailures": []}
    found = admin.client("dynamodb").get_item(TableName=example_stack.table, Key=to_item(gone))
    assert "Item" not in found


def test_no_connection_is_reached_without_the_permission(roles: Roles, example_stack: LocalStack) -> None:
    token, admin = example_stack.users[0].access_token, AdminClient(example_stack)
    owner = owner_key(read_subject(token))

    async def run() -> None:
        async with open_connections(example_stack.api, [token]) as [listener]:
            with roles.remove(_MANAGE):
                await asyncio.to_thread(admin.invoke, "Push", batch(owner, 1))
            await asyncio.to_thread(admin.invoke, "Push", batch(owner, 2))
            await asyncio.to_thread(wait_until, lambda: listener.changes != [], "the second change arrives")
            assert [each["sequence"] for each in listener.changes] == [2]

    asyncio.run(run())


@pytest.mark.parametrize("action", _READ)
def test_the_queue_is_not_read_without_a_permission(roles: Roles, action: str) -> None:
    with roles.remove(Permission("Push", action, "changes")):
        wait_until(lambda: roles.find_problem("PushChanges") is not None, "the queue is not read")

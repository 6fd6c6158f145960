"""Tickets and connections of push in DynamoDB. Every partition key begins with `PUSH#`, to which the roles are confined.

- A ticket: `PUSH#TICKET#{SHA-256}`.
- A connection of an owner: `PUSH#OWNER#{owner}`, with the id of the connection as sort key.
- The owner of a connection: `PUSH#CONNECTION#{id}`, because API Gateway reports a closed connection by its id alone.

IAM actions: dynamodb:PutItem, DeleteItem and Query.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from functions.adapters.dynamodb.attributes import Item, to_item
from functions.adapters.dynamodb.items import build_item, read_item
from functions.adapters.dynamodb.table import ConditionFailed, DynamoDB, Table
from functions.domain.push import Connection

PUSH = "PUSH#"
"""Prefix of every partition key."""

_SORT_KEY = "PUSH"
"""Sort key of an item that is alone in its partition."""


class DynamoDBConnections:
    """Implements `functions.domain.push.ConnectionRepository`."""

    def __init__(self, dynamodb: DynamoDB, table: str) -> None:
        self._table = Table(dynamodb, table)

    def add_ticket(self, digest: str, owner: str, expires_at: datetime) -> None:
        self._put(_ticket_key(digest), expires_at, owner=owner)

    def take_ticket(self, digest: str, now: datetime) -> str | None:
        """See `ConnectionRepository.take_ticket`. After a lost response the ticket is used up and opens nothing."""
        request = {
            "TableName": self._table.name,
            "Key": to_item(_ticket_key(digest)),
            "ConditionExpression": "#ttl > :now",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": to_item({":now": int(now.timestamp())}),
            "ReturnValues": "ALL_OLD",
        }
        try:
            response = self._table.write("DeleteItem", request)
        except ConditionFailed:
            return None
        owner: str = read_item(response["Attributes"])["owner"]
        return owner

    def add(self, connection: Connection, expires_at: datetime) -> None:
        """Writes the owner first, so that a connection which is listed can always be removed by its id."""
        self._put(connection_key(connection.id), expires_at, owner=connection.owner)
        connected_at = connection.connected_at.isoformat()
        self._put(_owner_key(connection.owner, connection.id), expires_at, connected_at=connected_at)

    def remove(self, connection: Connection) -> None:
        self._delete(_owner_key(connection.owner, connection.id))
        self._delete(connection_key(connection.id))

    def remove_closed(self, connection_id: str) -> None:
        old = self._delete(connection_key(connection_id))
        if old:
            self._delete(_owner_key(read_item(old)["owner"], connection_id))

    def list_open(self, owner: str, now: datetime) -> Sequence[Connection]:
        """See `ConnectionRepository.list_open`. DynamoDB removes expired items only within days."""
        items = map(read_item, self._query(owner))
        return [
            Connection(item["sk"], owner, datetime.fromisoformat(item["connected_at"]))
            for item in items
            if item["ttl"] > now.timestamp()
        ]

    def _query(self, owner: str) -> Iterator[Item]:
        request = {
            "TableName": self._table.name,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": to_item({":pk": owner_partition(owner)}),
            "ConsistentRead": True,
        }
        return self._table.query_all(request)

    def _put(self, key: dict[str, str], expires_at: datetime, **values: str) -> None:
        item = build_item({**key, **values, "ttl": int(expires_at.timestamp())})
        self._table.write("PutItem", {"TableName": self._table.name, "Item": item})

    def _delete(self, key: dict[str, str]) -> Item | None:
        """Returns the item that was deleted, None without one."""
        request = {"TableName": self._table.name, "Key": to_item(key), "ReturnValues": "ALL_OLD"}
        return self._table.write("DeleteItem", request).get("Attributes")


def owner_partition(owner: str) -> str:
    """Returns the partition key of an owner's connections."""
    return f"{PUSH}OWNER#{owner}"


def _owner_key(owner: str, connection_id: str) -> dict[str, str]:
    return {"pk": owner_partition(owner), "sk": connection_id}


def connection_key(connection_id: str) -> dict[str, str]:
    """Returns the key of the item with the owner of a connection."""
    return {"pk": f"{PUSH}CONNECTION#{connection_id}", "sk": _SORT_KEY}


def _ticket_key(digest: str) -> dict[str, str]:
    return {"pk": f"{PUSH}TICKET#{digest}", "sk": _SORT_KEY}

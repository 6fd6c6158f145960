"""One table of DynamoDB: its operations, whose temporary errors are Unavailable, and whose failed conditions are results."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from functions.adapters.dynamodb.attributes import Item
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.unavailable import TRY_AGAIN, translate_errors

_CONDITION_FAILED = "ConditionalCheckFailedException"
_LOST_RACE = frozenset({_CONDITION_FAILED, "TransactionConflictException"})


class DynamoDB(Protocol):
    """DynamoDB's API: `operation` is the name of an operation. Raises DynamoDBError or ConnectionError."""

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]: ...


class ConditionFailed(Exception):  # noqa: N818 - a result, not a fault
    """The condition of a write does not hold, so that nothing is written.

    `item` is the existing item if the request asked for it, empty if there is none.
    """

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item


@dataclass(frozen=True, slots=True)
class Table:
    """The table with this name. All methods may raise Unavailable.

    A `request` has the parameters of DynamoDB's API. `unknown` is the text of Unavailable for a write that may have been
    processed.
    """

    dynamodb: DynamoDB
    name: str

    def get(self, key: Item) -> Item | None:
        """Returns the item by a consistent read, None if there is none."""
        with translate_errors():
            response = self.dynamodb("GetItem", TableName=self.name, Key=key, ConsistentRead=True)
        return response.get("Item")

    def query(self, request: Mapping[str, Any], start: Item | None = None) -> tuple[list[Item], Item | None]:
        """Returns the items of one page after the key `start`, and the key to continue after, None at the end."""
        more = {"ExclusiveStartKey": start} if start else {}
        with translate_errors():
            response = self.dynamodb("Query", **request, **more)
        return response["Items"], response.get("LastEvaluatedKey")

    def query_all(self, request: Mapping[str, Any], start: Item | None = None) -> Iterator[Item]:
        """Yields the items of all pages after the key `start`."""
        items, start = self.query(request, start)
        yield from items
        while start is not None:
            items, start = self.query(request, start)
            yield from items

    def write(self, operation: str, request: Mapping[str, Any], unknown: str = TRY_AGAIN) -> dict[str, Any]:
        """Puts, updates or deletes one item, and returns the response. Raises ConditionFailed."""
        try:
            with translate_errors(unknown):
                return self.dynamodb(operation, **request)
        except DynamoDBError as error:
            if error.code != _CONDITION_FAILED:
                raise
            raise ConditionFailed(error.response.get("Item", {})) from error

    def try_update(self, request: Mapping[str, Any], unknown: str) -> bool:
        """Updates one item. Returns False if the condition fails or the update conflicts with a transaction."""
        with translate_errors(unknown):
            try:
                self.dynamodb("UpdateItem", **request)
            except DynamoDBError as error:
                if error.code not in _LOST_RACE:
                    raise
                return False
        return True

    def transact(self, items: Sequence[Mapping[str, Any]], unknown: str) -> list[Mapping[str, Any]] | None:
        """Writes all or none of the items. Returns None if written, else the cancellation reason of each item.

        The `Code` of an item without a reason is "None".
        """
        try:
            with translate_errors(unknown):
                self.dynamodb("TransactWriteItems", TransactItems=items)
        except DynamoDBError as error:
            if error.code != "TransactionCanceledException":
                raise
            return [{"Code": "None", **reason} for reason in error.response["CancellationReasons"]]
        return None

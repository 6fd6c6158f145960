"""A table whose transactions take 5 ms and conflict meanwhile, on virtual time.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
"""

import json
from collections import Counter
from typing import Any

from bench.virtual_time import TABLE_CALL
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.retries import Clock


class ConflictingTable:
    """Implements `functions.adapters.dynamodb.table.DynamoDB` for transactions. `outcomes` counts them.

    Conflicts are those of tools/ministack_gaps. Conditions always hold. Each attempt takes as long as a call of the table.
    """

    def __init__(self, clock: Clock) -> None:
        self.outcomes: Counter[str] = Counter()
        self._clock = clock
        self._in_progress: set[str] = set()

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        assert operation == "TransactWriteItems"
        keys = [_find_key(entry) for entry in parameters["TransactItems"]]
        conflicts = [key in self._in_progress for key in keys]
        if any(conflicts):
            self.outcomes["conflict"] += 1
            self._clock.sleep(TABLE_CALL)
            reasons = [{"Code": "TransactionConflict" if conflict else "None"} for conflict in conflicts]
            raise DynamoDBError("TransactionCanceledException", {"CancellationReasons": reasons})
        self.outcomes["written"] += 1
        self._in_progress.update(keys)
        self._clock.sleep(TABLE_CALL)
        self._in_progress.difference_update(keys)
        return {}


def _find_key(entry: dict[str, Any]) -> str:
    [action] = entry.values()
    key = action.get("Key") or {name: action["Item"][name] for name in ("pk", "sk")}
    return json.dumps(key)

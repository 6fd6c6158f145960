"""A table whose transactions take 5 ms and conflict meanwhile, for measurements in this process.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
"""

import json
import time
from collections import Counter
from threading import Lock
from typing import Any

from bench.virtual_time import TABLE_CALL
from functions.adapters.dynamodb.client import DynamoDBError


class ConflictingTable:
    """Implements `functions.adapters.dynamodb.documents.DynamoDB` for transactions. `outcomes` counts them.

    Conflicts are those of tools/ministack_gaps. Conditions hold always.
    """

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self._in_progress: set[str] = set()
        self._lock = Lock()

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        assert operation == "TransactWriteItems"
        keys = [_find_key(entry) for entry in parameters["TransactItems"]]
        with self._lock:
            conflicts = [key in self._in_progress for key in keys]
            self.outcomes["conflict" if any(conflicts) else "written"] += 1
            if not any(conflicts):
                self._in_progress.update(keys)
        if any(conflicts):
            reasons = [{"Code": "TransactionConflict" if conflict else "None"} for conflict in conflicts]
            raise DynamoDBError("TransactionCanceledException", {"CancellationReasons": reasons})
        time.sleep(TABLE_CALL)
        with self._lock:
            self._in_progress.difference_update(keys)
        return {}


def _find_key(entry: dict[str, Any]) -> str:
    [action] = entry.values()
    key = action.get("Key") or {name: action["Item"][name] for name in ("pk", "sk")}
    return json.dumps(key)

"""Processing of an SQS batch of changes of documents, which are events of the bus. The changes of an owner are sent together."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from functions.domain.errors import Unavailable
from functions.log import logger

SendChanges = Callable[[str, Sequence[Mapping[str, Any]]], Mapping[str, int]]
"""Sends events to the connections of an owner, and returns how many connections had which end. Raises Unavailable."""

_Records = list[dict[str, Any]]


def process_changes(event: dict[str, Any], send: SendChanges) -> dict[str, Any]:
    """Processes the owners concurrently. After a fault, the messages of this owner return to the queue.

    Returns those as `batchItemFailures`.
    """
    owners = _group_by_owner(event["Records"])
    with ThreadPoolExecutor(max(1, len(owners))) as pool:
        failed = list(pool.map(lambda owner: _process(owner, owners[owner], send), owners))
    return {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]} for records in failed for record in records
        ]
    }


def _group_by_owner(records: _Records) -> dict[str, _Records]:
    owners: dict[str, _Records] = defaultdict(list)
    for record in records:
        owners[json.loads(record["body"])["detail"]["owner"]].append(record)
    return owners


def _process(owner: str, records: _Records, send: SendChanges) -> _Records:
    """Returns the messages that return to the queue."""
    try:
        ends = send(owner, [json.loads(record["body"]) for record in records])
    except Unavailable as error:
        logger.warning("fault", code=error.code, detail=error.detail)
        return records
    if ends:
        logger.info("pushed", changes=len(records), connections=dict(ends))
    return []

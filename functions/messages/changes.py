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

_Received = list[tuple[str, dict[str, Any]]]
"""The id of each message, and its event."""


def process_changes(event: dict[str, Any], send: SendChanges) -> dict[str, Any]:
    """Processes the owners concurrently. After a fault, the messages of this owner return to the queue.

    Returns those as `batchItemFailures`.
    """
    owners = _group_by_owner(event["Records"])
    with ThreadPoolExecutor(max(1, len(owners))) as pool:
        failed = list(pool.map(lambda owner: _process(owner, owners[owner], send), owners))
    return {
        "batchItemFailures": [{"itemIdentifier": message_id} for ids in failed for message_id in ids],
    }


def _group_by_owner(records: Sequence[Mapping[str, Any]]) -> dict[str, _Received]:
    owners: dict[str, _Received] = defaultdict(list)
    for record in records:
        event = json.loads(record["body"])
        owners[event["detail"]["owner"]].append((record["messageId"], event))
    return owners


def _process(owner: str, received: _Received, send: SendChanges) -> list[str]:
    """Returns the ids of the messages that return to the queue."""
    try:
        ends = send(owner, [event for _, event in received])
    except Unavailable as error:
        logger.warning("fault", code=error.code, detail=error.detail)
        return [message_id for message_id, _ in received]
    if ends:
        logger.info("pushed", changes=len(received), connections=dict(ends))
    return []

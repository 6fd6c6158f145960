"""Handles events of the bus, through SQS: sends each to the connections of its owner. The role reads no document."""

import json
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.domain.errors import Unavailable
from functions.features.push.message import build_change
from functions.log import logger
from functions.startup import finish_init
from functions.wiring.push import fan_out

Records = list[dict[str, Any]]


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Sends the changes of each owner concurrently. After a fault, those of this owner return to the queue."""
    fan_out()  # before the threads start, because boto3 cannot create clients in several threads
    owners = _group_by_owner(event["Records"])
    with ThreadPoolExecutor(len(owners)) as pool:
        failed = [
            record for records in pool.map(_send, *zip(*owners.items(), strict=True)) for record in records
        ]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}


def _group_by_owner(records: Records) -> dict[str, Records]:
    owners: dict[str, Records] = defaultdict(list)
    for record in records:
        owners[json.loads(record["body"])["detail"]["owner"]].append(record)
    return owners


def _send(owner: str, records: Records) -> Records:
    """Returns the records to process again."""
    changes = [build_change(json.loads(record["body"])) for record in records]
    try:
        ends = fan_out().send(owner, changes)
    except Unavailable as error:
        logger.warning("fault", code=error.code, detail=error.detail)
        return records
    if ends:
        logger.info("pushed", changes=len(changes), connections=dict(ends))
    return []


finish_init(fan_out, wiring.connect)

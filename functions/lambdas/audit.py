"""Writes the audit trail: handles its two queues, one batch of one queue at a time. Only deployments with `audit=true` have it.

The role writes new objects to the bucket of the trail, and can neither overwrite nor delete nor unlock one.
"""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.features.audit.records import read_message
from functions.log import logger
from functions.messages.audit_batch import read_batch
from functions.messages.batch import parse_messages, queue_name
from functions.startup import finish_init
from functions.wiring.audit import find_chain, trail_writer
from functions.wiring.queues import consumed_queue


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> None:
    """Writes all records of the batch as one object. Raises Unavailable, so that SQS delivers the whole batch again."""
    name = queue_name(event)
    chain = find_chain(name)
    batch = read_batch(parse_messages(event), partial(read_message, chain))
    if batch.records:
        head = trail_writer().append(chain, batch.records)
        logger.info("audit", chain=chain.value, sequence=head.sequence, records=len(batch.records))
    for message in batch.unreadable:
        logger.error("audit_message_unreadable", chain=chain.value, message_id=message.id)
        consumed_queue(name).bury(message)


finish_init(trail_writer, wiring.connect)

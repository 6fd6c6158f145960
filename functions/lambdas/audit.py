"""Writes the audit trail: handles its two queues, one batch of one queue at a time. Only deployments with `audit=true` have it.

The role writes new objects to the bucket of the trail, and can neither overwrite nor delete nor unlock one.
"""

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.domain.audit_record import AuditRecord
from functions.domain.audit_trail import Chain
from functions.domain.queues import Message
from functions.features.audit.records import read_message
from functions.log import logger
from functions.messages.batch import parse_messages, queue_name
from functions.startup import finish_init
from functions.wiring.audit import find_chain, trail_writer
from functions.wiring.queues import consumed_queue


def lambda_handler(event: dict[str, Any], _context: LambdaContext) -> None:
    """Writes all records of the batch as one object. Raises Unavailable, so that SQS delivers the whole batch again."""
    name = queue_name(event)
    chain = find_chain(name)
    records, unreadable = _read(chain, parse_messages(event))
    if records:
        head = trail_writer().append(chain, records)
        logger.info("audit", chain=chain.value, sequence=head.sequence, records=len(records))
    for message in unreadable:
        logger.error("audit_message_unreadable", chain=chain.value, message_id=message.id)
        consumed_queue(name).bury(message)


def _read(chain: Chain, messages: Sequence[Message]) -> tuple[list[AuditRecord], list[Message]]:
    """Returns the records of all messages, and the messages that are none of this chain's."""
    records, unreadable = list[AuditRecord](), list[Message]()
    for message in messages:
        try:
            records += read_message(chain, message.body)
        except ValueError:
            unreadable.append(message)
    return records, unreadable


finish_init(trail_writer, wiring.connect)

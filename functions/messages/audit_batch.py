"""The records of an SQS batch for the audit trail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from functions.domain.audit_record import AuditRecord
from functions.domain.queues import Message


@dataclass(frozen=True, slots=True)
class AuditBatch:
    """The records of all messages, in their order, and the messages that have none."""

    records: list[AuditRecord] = field(default_factory=list)
    unreadable: list[Message] = field(default_factory=list)


def read_batch(messages: Sequence[Message], read: Callable[[str], Sequence[AuditRecord]]) -> AuditBatch:
    """`read` returns the records of the body of a message. It raises ValueError for a message that the queue never has."""
    batch = AuditBatch()
    for message in messages:
        try:
            batch.records.extend(read(message.body))
        except ValueError:
            batch.unreadable.append(message)
    return batch

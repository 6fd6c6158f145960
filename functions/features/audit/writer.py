"""The writer of a chain. Any number of writers may run at the same time, and each may die at any call.

The key of an object has its number, and S3 accepts a key once, so a chain never forks. Whoever comes second continues behind
the object of the first. Records are written at least once, because their messages are deleted only after the write.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.domain.audit_record import AuditRecord
from functions.domain.audit_trail import (
    Block,
    BlockStore,
    Chain,
    ChainHeads,
    Head,
    block_key,
    hash_block,
    parse_block_key,
)
from functions.domain.codes import Code
from functions.domain.errors import Unavailable

_TRIES = 10
"""Writers that may come first before this one leaves its records to another delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailWriter:
    """Appends records to chains. `report` logs each new head, which is its second copy outside of the bucket."""

    store: BlockStore
    heads: ChainHeads
    retention_days: int
    clock: Callable[[], datetime]
    report: Callable[[Chain, Head], None]

    def append(self, chain: Chain, records: Sequence[AuditRecord]) -> Head:
        """Writes the records as one object, and returns the new head. Raises Unavailable; then they may be written."""
        head = self.heads.get(chain)
        for _ in range(_TRIES):
            block = self._follow(chain, head, records)
            body = block.to_bytes()
            if self._put(block.key, body):
                return self._advance(
                    chain, Head(block.sequence, hash_block(body), block.at, self.retention_days)
                )
            head = self._find_head(chain, block.sequence)
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "Other writers of the audit trail came first; try again.")

    def _follow(self, chain: Chain, head: Head, records: Sequence[AuditRecord]) -> Block:
        return Block(
            chain=chain,
            sequence=head.sequence + 1,
            previous=head.sha256,
            previous_at=head.at,
            at=_to_milliseconds(self.clock()),
            retention_days=self.retention_days,
            records=tuple(records),
        )

    def _put(self, key: str, body: bytes) -> bool:
        """Returns True also for an object that an earlier attempt of the same request has written without a response."""
        return self.store.put(key, body) or self.store.get(key)[0] == body

    def _find_head(self, chain: Chain, taken: int) -> Head:
        """Returns the last object, which is at least the one that has taken the number."""
        key = block_key(chain, taken)
        last = self.store.find_last_key(chain, key) or key
        body, written_at = self.store.get(last)
        parsed = parse_block_key(last)
        return Head(parsed[1] if parsed else taken, hash_block(body), written_at)

    def _advance(self, chain: Chain, head: Head) -> Head:
        """Stores the head after the object, so that it is never ahead of the bucket."""
        self.heads.advance(chain, head)
        self.report(chain, head)
        return head


def _to_milliseconds(time: datetime) -> datetime:
    """Returns the time as an object has it."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)

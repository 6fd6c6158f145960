"""The verification of a chain: what somebody has changed, removed, added or unlocked.

Two things prove a chain: each object names the SHA-256 of the one before, and its head is known outside of the bucket.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from functions.domain.audit_trail import NO_HASH, Block, Chain, Head, hash_block, parse_block, parse_block_key

_CLOCK_SKEW = timedelta(minutes=5)
"""Difference allowed between the clock of a writer and that of S3."""
_COMPLIANCE = "COMPLIANCE"


class Problem(StrEnum):
    """A way in which a trail differs from what its writers write."""

    MISSING = "missing"
    EXPIRED_EARLY = "expired_early"
    ALTERED = "altered"
    UNREADABLE = "unreadable"
    MISPLACED = "misplaced"
    RESTARTED = "restarted"
    TRUNCATED = "truncated"
    HEAD_MISSING = "head_missing"
    HEAD_DIFFERS = "head_differs"
    UNLOCKED = "unlocked"
    LOCK_SHORTENED = "lock_shortened"
    OVERWRITTEN = "overwritten"
    HIDDEN = "hidden"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class TrailFinding:
    """A problem of one object, or of a whole chain. `where` is a key or the name of a chain."""

    problem: Problem
    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version of an object in the bucket, or a delete marker."""

    key: str
    version: str
    written_at: datetime
    is_delete_marker: bool = False
    is_latest: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlock:
    """A version of an object as S3 returns it. `lock_mode` and `locked_until` are None without a lock.

    `is_hidden` is True below a delete marker.
    """

    key: str
    body: bytes
    written_at: datetime
    lock_mode: str | None
    locked_until: datetime | None
    is_hidden: bool = False


def check_listing(versions: Sequence[ListedVersion]) -> Iterator[TrailFinding]:
    """Yields what no writer can leave behind: foreign keys and second versions."""
    counts = Counter(each.key for each in versions if not each.is_delete_marker)
    for key in sorted({each.key for each in versions if parse_block_key(each.key) is None}):
        yield TrailFinding(Problem.UNEXPECTED, key, "no writer writes this key")
    for key, count in sorted(counts.items()):
        if count > 1:
            yield TrailFinding(Problem.OVERWRITTEN, key, f"the key has {count} versions")


def check_bucket_lock(
    mode: str | None, days: int | None, expected: int, bucket: str
) -> Iterator[TrailFinding]:
    """Yields a finding if the default lock of the bucket is not the one that writers have last written under."""
    if mode != _COMPLIANCE:
        yield TrailFinding(Problem.UNLOCKED, bucket, f"the default lock of the bucket is {mode or 'absent'}")
    elif (days or 0) < expected:
        detail = f"the default lock of the bucket is {days} days, that of the last object was {expected}"
        yield TrailFinding(Problem.LOCK_SHORTENED, bucket, detail)


@dataclass(slots=True)
class ChainVerifier:
    """Checks the objects of one chain, which come in the order of their keys. `now` decides what may have expired.

    `retention_days` is that of the last object.
    """

    chain: Chain
    now: datetime
    blocks: int = 0
    records: int = 0
    retention_days: int = 0
    last: Head = field(default_factory=Head)

    def check(self, stored: StoredBlock) -> Iterator[TrailFinding]:
        """Yields the findings of the next object, of which the oldest version counts."""
        parsed = parse_block_key(stored.key)
        if parsed is None:
            return
        sequence = parsed[1]
        try:
            block = parse_block(stored.body)
        except ValueError as error:
            yield TrailFinding(Problem.UNREADABLE, stored.key, str(error))
        else:
            yield from self._check_place(stored.key, block)
            yield from self._check_link(stored.key, sequence, block)
            yield from _check_lock(stored, block)
            yield from self._check_visibility(stored)
            self.records += len(block.records)
            self.retention_days = block.retention_days
        self.blocks += 1
        self.last = Head(sequence, hash_block(stored.body), stored.written_at)

    def finish(self, head: Head) -> Iterator[TrailFinding]:
        """Yields what the end of the chain says, compared to the head that is known outside of the bucket."""
        if head.sequence == 0 and self.blocks:
            yield TrailFinding(Problem.HEAD_MISSING, self.chain, "the table has no head of this chain")
        elif head.sequence > self.last.sequence and not self._has_expired(head):
            detail = (
                f"the table knows object {head.sequence}, the last one in the bucket is {self.last.sequence}"
            )
            yield TrailFinding(Problem.TRUNCATED, self.chain, detail)
        elif head.sequence == self.last.sequence and head.sha256 != self.last.sha256:
            detail = f"object {head.sequence} has not the SHA-256 that the table knows"
            yield TrailFinding(Problem.HEAD_DIFFERS, self.chain, detail)

    def _check_visibility(self, stored: StoredBlock) -> Iterator[TrailFinding]:
        """The lifecycle rule hides an object too, but only when its lock is over."""
        if stored.is_hidden and (stored.locked_until is None or stored.locked_until > self.now):
            detail = "a delete marker hides the object; remove the marker by its version"
            yield TrailFinding(Problem.HIDDEN, stored.key, detail)

    def _has_expired(self, head: Head) -> bool:
        """Returns True if the bucket is empty because nothing was written for as long as objects are kept."""
        return self.blocks == 0 and head.kept_until is not None and head.kept_until <= self.now

    def _check_place(self, key: str, block: Block) -> Iterator[TrailFinding]:
        if block.key != key:
            yield TrailFinding(Problem.MISPLACED, key, f"the object says that it is {block.key}")

    def _check_link(self, key: str, sequence: int, block: Block) -> Iterator[TrailFinding]:
        is_first = self.blocks == 0
        if is_first and sequence > 1:
            yield from self._check_expiry(key, block)
        elif sequence != self.last.sequence + 1:
            detail = f"objects {self.last.sequence + 1} to {sequence - 1} are missing"
            yield TrailFinding(Problem.MISSING, key, detail)
        elif block.previous == NO_HASH and sequence > 1:
            yield TrailFinding(Problem.RESTARTED, key, "the chain begins again in its middle")
        elif block.previous != self.last.sha256:
            detail = f"object {self.last.sequence} has not the SHA-256 that this one names"
            yield TrailFinding(Problem.ALTERED, key, detail)

    def _check_expiry(self, key: str, block: Block) -> Iterator[TrailFinding]:
        """The objects before the first one may only have expired."""
        kept_until = block.previous_at and block.previous_at + timedelta(days=block.retention_days)
        if kept_until is None or kept_until > self.now:
            detail = f"the objects before {block.sequence} are missing before their time is over"
            yield TrailFinding(Problem.EXPIRED_EARLY, key, detail)


def verify_chain(
    chain: Chain, blocks: Iterable[StoredBlock], head: Head, now: datetime
) -> Iterator[TrailFinding]:
    """Yields the findings of a whole chain."""
    verifier = ChainVerifier(chain, now)
    for stored in blocks:
        yield from verifier.check(stored)
    yield from verifier.finish(head)


def _check_lock(stored: StoredBlock, block: Block) -> Iterator[TrailFinding]:
    if stored.lock_mode != _COMPLIANCE or stored.locked_until is None:
        detail = f"the lock of the object is {stored.lock_mode or 'absent'}"
        yield TrailFinding(Problem.UNLOCKED, stored.key, detail)
    elif stored.locked_until < block.at + timedelta(days=block.retention_days) - _CLOCK_SKEW:
        detail = f"the lock ends at {stored.locked_until:%Y-%m-%dT%H:%M:%SZ}, before {block.retention_days} days are over"
        yield TrailFinding(Problem.LOCK_SHORTENED, stored.key, detail)

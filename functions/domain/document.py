"""The record of one document: what was declared, what arrived, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from functions.domain.parts import PartPlan


class Status(StrEnum):
    PENDING = "pending"
    COMPLETING = "completing"
    PROCESSING = "processing"
    READY = "ready"
    REJECTED = "rejected"
    EXPIRED = "expired"
    ABORTED = "aborted"
    FAILED = "failed"
    DELETED = "deleted"
    PURGING = "purging"
    PURGED = "purged"

    @property
    def public_status(self) -> "Status":
        """What clients see: whether S3 or this service is at work makes no difference to them."""
        return Status.PROCESSING if self is Status.COMPLETING else self


IN_PROGRESS = frozenset({Status.PENDING, Status.COMPLETING, Status.PROCESSING})
PURGED_STATUSES = frozenset({Status.PURGING, Status.PURGED})
"""For clients such a document does not exist."""


class Method(StrEnum):
    PUT = "PUT"
    POST = "POST"
    MULTIPART = "MULTIPART"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry of a document's history."""

    status: Status
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Times are UTC, sizes are bytes, `sha256` is lower-case hex.

    `upload_id` and `part_size` belong to a multipart upload; `copy_upload_id` to a promotion that copies in parts.
    `failures` counts attempts that ended without progress. `owner` is the owner key, never the claim. `size` is what the client declared; S3 refuses any other, and
    promotion compares again. `reserved_bytes` is what this document holds of the owner's quota, so that it can be
    released once and no more. `revision` grows with every write; each write is conditional on it. A deleted document
    can be restored until `purge_after`; of a purged one a record without content stays until `record_expires_at`.
    """

    owner: str
    id: str
    file_name: str
    title: str
    kind: str
    size: int
    declared_content_type: str
    declared_sha256: str | None
    method: Method
    metadata: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime
    upload_deadline: datetime
    status: Status = Status.PENDING
    reason: str | None = None
    history: tuple[HistoryEntry, ...] = ()
    reserved_bytes: int = 0
    revision: int = 1
    staged_version: str | None = None
    attempt: int = 0
    failures: int = 0
    lease_until: datetime | None = None
    content_type: str | None = None
    sha256: str | None = None
    stored_version: str | None = None
    upload_id: str | None = None
    part_size: int | None = None
    part_checksums: bool = False
    copy_upload_id: str | None = None
    purge_after: datetime | None = None
    record_expires_at: datetime | None = None

    @property
    def plan(self) -> PartPlan:
        """Of a multipart upload only."""
        return PartPlan(self.size, self.part_size or self.size)

    @property
    def next_check_at(self) -> datetime | None:
        """When somebody must look, should no event have come by then; None for a document at rest."""
        match self.status:
            case Status.PENDING:
                return self.lease_until or self.upload_deadline
            case Status.COMPLETING | Status.PROCESSING | Status.PURGING:
                return self.lease_until or self.updated_at
            case Status.DELETED:
                return self.purge_after
            case _:
                return None

    @property
    def is_in_progress(self) -> bool:
        return self.status in IN_PROGRESS

    @property
    def is_purged(self) -> bool:
        return self.status in PURGED_STATUSES

    @property
    def effective_status(self) -> Status:
        """The status, or the one that a restore brings back."""
        return self.history[-2].status if self.status is Status.DELETED else self.status

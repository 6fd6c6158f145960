"""The record of one document: what the client declared, what arrived, and its status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from functions.domain.duplicates import ContentDigest
from functions.domain.keys import SCAN_AREA, documents_key, quarantine_key, staging_key
from functions.domain.parts import PartPlan
from functions.domain.rescans import RescanVerdict
from functions.domain.steps import Rendition, StepRecord, StepStatus, built_in_records, renditions_of


class Status(StrEnum):
    """The states of a document. `states.TRANSITIONS` holds every change."""

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
        """The status that the API shows: `completing` is shown as `processing`."""
        return Status.PROCESSING if self is Status.COMPLETING else self


OPEN = frozenset({Status.PENDING, Status.COMPLETING})
"""Statuses of an open upload: its bytes have not arrived."""

IN_PROGRESS = OPEN | {Status.PROCESSING}
"""Statuses that lead to another one without a request of the client."""

PURGED_STATUSES = frozenset({Status.PURGING, Status.PURGED})
"""Statuses in which the document does not exist for clients."""


UNNAMED = "unnamed"
"""File name of a form whose file is not known yet. It becomes the name that the browser sends with the file."""


class Method(StrEnum):
    """The way in which a client sends the bytes."""

    PUT = "PUT"
    POST = "POST"
    MULTIPART = "MULTIPART"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of status, or of the fields that `changed` names. `reason` is a code.

    `actor` is the subject of the token that asked for the change, None for a change that no user asked for.
    """

    status: Status
    at: datetime
    reason: str | None = None
    changed: tuple[str, ...] = ()
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document. Times are UTC, sizes are bytes, `sha256` is lower-case hex.

    - `owner` is the owner key, never the claim.
    - `size` is declared. S3 rejects a body of another size, and promotion compares again.
    - `max_size` belongs to a form whose file was not known when it was created. Until the bytes arrive, `size` is the same.
    - `success_redirect` is the URL to which S3 sends the browser after a form.
    - `reserved_bytes` count against the owner's quota. They are released once.
    - `revision` grows with every write, and each write is conditional on it.
    - `sequence` counts the changes that subscribers learn of (changes.py), the creation included, without a gap.
    - `staging_area` is the part of `staging/` that the bytes go to.
    - `attempt` numbers the runs of the pipeline, of a completion or a purge. `failures` counts runs that ended without a
      result, perhaps because of the file.
    - `steps` are the outcomes of the pipeline's steps. Those of built-in steps are left out when the status says as much.
    - `upload_id` and `part_size` belong to a multipart upload.
    - `digest` is the SHA-256 of a document of a kind that looks for duplicates. `duplicate_of` is the id of the original
      of a duplicate. A rejected duplicate, and a document that a rescan has rejected, have a `stored_version` until it is deleted.
    - `quarantined_version` is the version of the infected bytes under `quarantine/`, with `quarantined_sha256` in hex. S3
      deletes them after `quarantined_until`.
    - `rescan_verdict` is that of the latest rescan of the stored version, which ended at `rescanned_at`.
    - `created_by` is the subject of the machine token that created the document on behalf of the owner.
    - A ready document expires at `claim_by` unless it is claimed before, at `claimed_at`. Its stored bytes are then purged.
    - A failed document is purged at `bytes_expire_at`; without a time its bytes stay until it is redriven or deleted.
    - A deleted document can be restored until `purge_after`. A purged one keeps an emptied record until `record_expires_at`.
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
    staging_area: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime
    upload_deadline: datetime
    status: Status = Status.PENDING
    reason: str | None = None
    history: tuple[HistoryEntry, ...] = ()
    reserved_bytes: int = 0
    revision: int = 1
    sequence: int = 1
    staged_version: str | None = None
    attempt: int = 0
    failures: int = 0
    lease_until: datetime | None = None
    content_type: str | None = None
    charset: str | None = None
    sha256: str | None = None
    stored_version: str | None = None
    max_size: int | None = None
    success_redirect: str | None = None
    upload_id: str | None = None
    part_size: int | None = None
    part_checksums: bool = False
    steps: tuple[StepRecord, ...] = ()
    purge_after: datetime | None = None
    record_expires_at: datetime | None = None
    bytes_expire_at: datetime | None = None
    digest: str | None = None
    duplicate_of: str | None = None
    quarantined_version: str | None = None
    quarantined_sha256: str | None = None
    quarantined_until: datetime | None = None
    rescanned_at: datetime | None = None
    rescan_verdict: RescanVerdict | None = None
    created_by: str | None = None
    claim_by: datetime | None = None
    claimed_at: datetime | None = None

    @property
    def plan(self) -> PartPlan:
        """The part plan of a multipart upload."""
        return PartPlan(self.size, self.part_size or self.size)

    @property
    def staging_key(self) -> str:
        return staging_key(self.owner, self.id, self.staging_area)

    @property
    def documents_key(self) -> str:
        return documents_key(self.owner, self.id)

    @property
    def quarantine_key(self) -> str:
        return quarantine_key(self.owner, self.id)

    @property
    def may_be_quarantined(self) -> bool:
        """True if a run of the pipeline may have copied infected bytes, also one that crashed before it wrote the record."""
        was_infected = self.rescan_verdict is RescanVerdict.INFECTED
        return self.staging_area == SCAN_AREA or self.quarantined_version is not None or was_infected

    @property
    def left_pending_at(self) -> datetime | None:
        """The time after which no URL to upload was signed any more, or a later one. None while one may be signed."""
        if self.status is Status.PENDING:
            return None
        changes = self.status_changes
        return changes[1].at if len(changes) > 1 else self.updated_at

    @property
    def waiting_step(self) -> StepRecord | None:
        """The step that a document in progress waits for."""
        waiting = (step for step in self.steps if step.status is StepStatus.WAITING)
        return next(waiting, None) if self.status is Status.PROCESSING else None

    @property
    def endless_step(self) -> StepRecord | None:
        """The step that waits without end. None while a run holds the lease."""
        waiting = self.waiting_step
        is_endless = waiting is not None and waiting.resume_at is None and self.lease_until is None
        return waiting if is_endless else None

    @property
    def shown_steps(self) -> tuple[StepRecord, ...]:
        """The steps that the API shows: every step that has run, in order."""
        if self.effective_status not in (Status.READY, Status.REJECTED):
            return self.steps
        end = self.find_first_entry(self.effective_status)
        return built_in_records(self.steps, end.reason, end.at) if end else self.steps

    def find_first_entry(self, status: Status) -> HistoryEntry | None:
        """Returns the entry with the time at which the document first had a status. A restore adds another one."""
        return next((entry for entry in self.history if entry.status is status), None)

    @property
    def renditions(self) -> tuple[Rendition, ...]:
        """The renditions that a download may name, in the order of the steps."""
        return tuple(renditions_of(self.steps))

    @property
    def next_check_at(self) -> datetime | None:
        """The time at which a sweep checks the document if no event has come. None for a document at rest."""
        match self.status:
            case Status.PENDING:
                return self.lease_until or self.upload_deadline
            case Status.PROCESSING:
                waiting = self.waiting_step
                return self.lease_until or (waiting.resume_at if waiting else self.updated_at)
            case Status.COMPLETING | Status.PURGING:
                return self.lease_until or self.updated_at
            case Status.DELETED:
                return self.purge_after
            case Status.FAILED:
                return self.bytes_expire_at
            case Status.REJECTED | Status.EXPIRED if self.stored_version is not None:
                return self.lease_until or self.updated_at
            case Status.READY:
                return self.claim_by if self.claimed_at is None else None
            case _:
                return None

    @property
    def content_digest(self) -> ContentDigest | None:
        """The digest whose entry in the table names this document as the original, None if there is no such entry."""
        if self.status is not Status.READY or self.digest is None or self.duplicate_of is not None:
            return None
        return ContentDigest(self.owner, self.kind, self.digest, self.size)

    @property
    def failed_at(self) -> datetime | None:
        """The time of the failure, or of the restore that brought it back. None unless the document is `failed`."""
        if self.status is not Status.FAILED:
            return None
        changes = self.status_changes
        return changes[-1].at if changes else self.updated_at

    @property
    def is_open(self) -> bool:
        """True for an upload that counts against the limit of open uploads."""
        return self.status in OPEN

    @property
    def is_in_progress(self) -> bool:
        return self.status in IN_PROGRESS

    @property
    def is_purged(self) -> bool:
        return self.status in PURGED_STATUSES

    @property
    def effective_status(self) -> Status:
        """The status, or the one that a restore brings back."""
        return self.status_changes[-2].status if self.status is Status.DELETED else self.status

    @property
    def status_changes(self) -> tuple[HistoryEntry, ...]:
        """The history without the entries that keep the status."""
        return tuple(entry for entry in self.history if not entry.changed)

    @property
    def details(self) -> tuple[str, str, Mapping[str, str]]:
        """The fields that the owner may change: file name, title and metadata."""
        return self.file_name, self.title, self.metadata

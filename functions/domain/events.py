"""Events of a document, and the two possible results of a decision: a transition, or a reason why nothing changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from functions.domain.arrived_file import ArrivedFile
from functions.domain.document import Document
from functions.domain.duplicates import ContentDigest, DuplicatePolicy
from functions.domain.quarantine import QuarantinedVersion
from functions.domain.rescans import RescanVerdict
from functions.domain.steps import StepRecord


@dataclass(frozen=True, slots=True)
class _Signal:
    """Base of events that have no fields. The bases exist because each dataclass takes a cold start about a millisecond."""


@dataclass(frozen=True, slots=True)
class _ByCaller:
    """`actor` is that of the history entry, here and in the other requests."""

    actor: str | None = None


@dataclass(frozen=True, slots=True)
class _Extension:
    upload_deadline: datetime


@dataclass(frozen=True, slots=True)
class _OfAttempt:
    attempt: int


@dataclass(frozen=True, slots=True)
class ObjectArrived:
    """S3 has this version of the staged object. The bytes of a document that fails are kept for `failed_retention`.

    `file` describes the file of a form that was signed before the file was known. `kind_steps` are those that the kind has, so
    that a document waits for no other. None: it waits for any step.
    """

    version: str
    failed_retention: timedelta | None = None
    file: ArrivedFile | None = None
    kind_steps: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ObjectMissing:
    """S3 no longer has this version of the staged object."""

    version: str


class AttemptOutcome(Enum):
    """The end of a run of the pipeline."""

    COMPLETED = auto()
    """Every step has passed."""
    REJECTED = auto()
    """A step has rejected the file."""
    SUSPENDED = auto()
    """A step waits."""
    TIMED_OUT = auto()
    """A step's worker has sent no result for any of its tasks."""
    UNAVAILABLE = auto()
    """A fault that is not the file's stopped the run. It does not count."""
    CRASHED = auto()
    """An error stopped the run, perhaps because of the file. It counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnded:
    """A run of the pipeline ended. `steps` are the outcomes of all steps by now.

    The other fields are what the built-in steps found out. `reason` is a code. The bytes of a document that fails are
    kept for `failed_retention`, None: without end. One that becomes ready must be claimed within `claim_within`, None:
    never. `duplicates` is the policy of the kind, and `duplicate_of` the id of
    the original, once the repository has found one. `quarantined` is the copy of infected bytes.
    """

    attempt: int
    outcome: AttemptOutcome
    steps: tuple[StepRecord, ...] = ()
    content_type: str | None = None
    charset: str | None = None
    sha256: str | None = None
    stored_version: str | None = None
    reason: str | None = None
    failed_retention: timedelta | None = None
    claim_within: timedelta | None = None
    duplicates: DuplicatePolicy = DuplicatePolicy.KEEP
    duplicate_of: str | None = None
    quarantined: QuarantinedVersion | None = None


@dataclass(frozen=True, slots=True)
class ResultArrived:
    """The worker of a step has passed or rejected this version of the staged object.

    `attempt` is that of its task. `has_facts` is False for a verdict on the bytes alone, which holds for every attempt.
    """

    step: str
    version: str
    attempt: int
    has_facts: bool
    failed_retention: timedelta | None = None
    file: ArrivedFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReported:
    """The worker of a step is still at work, or could not do its task. The step runs again at `resume_at`, None: never."""

    step: str
    version: str
    attempt: int
    detail: str | None
    resume_at: datetime | None
    keeps_token: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RescanCompleted:
    """A scanner has looked again into this version of the stored object. `step` is its step.

    `detail` says to people what was found. `quarantined` is the copy of infected bytes.
    """

    step: str
    version: str
    verdict: RescanVerdict
    detail: str | None = None
    quarantined: QuarantinedVersion | None = None


class AbortRequested(_ByCaller):
    """The client aborts the upload."""


class UploadUrlsSigned(_Extension):
    """The client asks for URLs again, so its upload may last until `upload_deadline`."""


class PartsFound(_Extension):
    """S3 lists a part of the upload, so the upload may last until `upload_deadline`."""


class CompleteRequested(_Signal):
    """The client completes a multipart upload."""


class CompleteFailed(_OfAttempt):
    """S3 rejected the completion. The client may correct the parts and retry."""


class DeadlinePassed(_Signal):
    """The upload deadline is over and S3 has no object."""


class RedriveRequested(_Signal):
    """An operator retries a failed document."""


class RetentionPassed(_Signal):
    """The time for which the bytes of a failed document are kept is over."""


class ClaimRequested(_ByCaller):
    """The owner, or the machine that created the document, takes it over, so that it does not expire."""


class ClaimTimePassed(_Signal):
    """The time for a claim is over."""


@dataclass(frozen=True, slots=True)
class DeleteRequested:
    """The owner deletes the document. A restore is possible until `purge_after`."""

    purge_after: datetime
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class RestoreRequested:
    """The owner restores a deleted document. `duplicate_of` is the id of the document that is the original by now."""

    actor: str | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRequested:
    """The owner changes what describes the document. `revisions` are those that the change may replace."""

    revisions: frozenset[int]
    file_name: str
    title: str
    metadata: Mapping[str, str]
    actor: str | None = None


class PurgeStarted(_Signal):
    """A worker is about to delete every byte."""


class PurgeCompleted(_OfAttempt):
    """S3 lists nothing of the document any more."""


class CopyPurgeStarted(_Signal):
    """A worker is about to delete the copies that a failed or rejected document has left."""


class CopyPurgeCompleted(_OfAttempt):
    """S3 lists no copy of the failed or rejected document any more."""


Event = (
    ObjectArrived
    | ObjectMissing
    | AttemptEnded
    | ResultArrived
    | StepReported
    | RescanCompleted
    | AbortRequested
    | UploadUrlsSigned
    | PartsFound
    | CompleteRequested
    | CompleteFailed
    | DeadlinePassed
    | RedriveRequested
    | RetentionPassed
    | ClaimRequested
    | ClaimTimePassed
    | DeleteRequested
    | RestoreRequested
    | UpdateRequested
    | PurgeStarted
    | PurgeCompleted
    | CopyPurgeStarted
    | CopyPurgeCompleted
)


class Ignored(Enum):
    """Reason why an event changes nothing."""

    ALREADY_APPLIED = auto()
    """The record shows the effect already. The caller may respond as if it had just happened."""
    ORPHANED_VERSION = auto()
    """No record waits for these bytes. The caller may delete this version."""
    LEASED = auto()
    """Another attempt holds the lease. The caller retries later."""
    WAITING = auto()
    """A step waits for its worker. Its result, or a sweep after its deadline, continues."""
    STALE_ATTEMPT = auto()
    """A later attempt or another outcome has taken over. The caller's result is dropped."""
    STALE_REVISION = auto()
    """The record has changed since the caller read it."""
    DEADLINE_EXCEEDED = auto()
    """The time for the upload, or for a restore, is over."""
    WRONG_STATE = auto()
    """The status does not allow the event."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One conditional write: `after` replaces `before`, and the owner's usage changes with it."""

    before: Document
    after: Document

    @property
    def reserved_bytes(self) -> int:
        """The change in the owner's reserved bytes."""
        return self.after.reserved_bytes - self.before.reserved_bytes

    @property
    def daily_bytes(self) -> int:
        """The change in the bytes that the owner has created on the day of the create, when the size of a form is known."""
        return self.after.size - self.before.size

    @property
    def open_uploads(self) -> int:
        """The change in the owner's open uploads: -1, 0 or 1."""
        return self.after.is_open - self.before.is_open

    @property
    def claimed_digest(self) -> ContentDigest | None:
        """The digest of which the document becomes the original."""
        return self.after.content_digest if self.before.content_digest is None else None

    @property
    def released_digest(self) -> ContentDigest | None:
        """The digest of which the document is the original no longer."""
        return self.before.content_digest if self.after.content_digest is None else None

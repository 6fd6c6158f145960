"""Retention of staged bytes: as long as a document may need them, and as long as they make a URL write-once."""

from datetime import datetime, timedelta

from functions.domain.document import Document, Method, Status
from functions.domain.storage import ObjectVersion

GRACE = timedelta(hours=1)
"""Younger bytes without a record are left alone, because their record or their event may still be in transit."""

URL_MARGIN = timedelta(minutes=1)
"""Time after the expiry of a URL during which a clock of AWS may still accept it."""


def is_staged_version_needed(
    document: Document | None, staged: ObjectVersion, *, url_lifetime: timedelta, now: datetime
) -> bool:
    """Returns True while a staged version must not be deleted.

    A PUT is signed with `If-None-Match: *`, which holds only as long as the key has an object. So the version stays until
    the last URL for it has expired: `url_lifetime` after the record left `pending`. Until then, a repeated create
    may sign another URL. A failed document keeps its bytes until it is redriven or purged, so that an operator can
    inspect them.
    """
    if document is None:
        return now - staged.last_modified <= GRACE
    if document.is_in_progress or document.left_pending_at is None:
        return True
    if document.effective_status is Status.FAILED and document.staged_version == staged.version:
        return True
    if document.method is Method.MULTIPART:
        return False
    return now < document.left_pending_at + url_lifetime + URL_MARGIN


def is_purged_since(document: Document | None, time: datetime) -> bool:
    """Returns True if a listing of that time does not tell what the purge has left."""
    return document is not None and document.is_purged and document.updated_at > time - GRACE

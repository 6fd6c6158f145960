"""Deadlines of uploads: the time by which the bytes must have arrived, and the events that extend it. Without I/O.

S3 shows nothing of a PUT or of a form before its last byte, and nothing of a part before the last byte of that part. So
a deadline leaves the time for the bytes that S3 does not show yet, at `SLOWEST_LINK`, after the last URL has expired.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from functions.domain.document import Document, Method

SLOWEST_LINK = 125_000
"""Bytes per second that a client is expected to send at least: 1 Mbit/s."""

SHORTEST = timedelta(hours=1)
"""Time that every upload has at least, unless the upload lifetime of the deployment is shorter."""

MIN_EXTENSION = timedelta(hours=1)
"""A smaller extension is not worth a write while the deadline leaves enough time."""


# A named tuple, because defining a dataclass takes several times as long, and each cold start pays for that.
class Lifetimes(NamedTuple):
    """The times that a deployment allows for uploads."""

    url: timedelta
    """Lifetime of a URL to upload."""
    form: timedelta
    """Lifetime of a form, of which at most `url` counts. S3 accepts a form more than once, so it expires earlier."""
    upload: timedelta
    """Longest time from the create, or from a request for part URLs, until the bytes must have arrived."""
    multipart: timedelta
    """Longest time from the create until a multipart upload must be complete, however active it is."""

    @property
    def url_seconds(self) -> int:
        """Lifetime of a URL to upload in seconds, which a signature states."""
        return int(self.url.total_seconds())


def choose_url_lifetime(method: Method, lifetimes: Lifetimes) -> timedelta:
    """Returns the lifetime of a URL to upload, or of a form."""
    return min(lifetimes.url, lifetimes.form) if method is Method.POST else lifetimes.url


def first_deadline(document: Document, lifetimes: Lifetimes) -> datetime:
    """Returns the deadline of a new document, for a URL that is signed when it is created."""
    created_at = document.created_at
    end = max(created_at + SHORTEST, _latest_end(document, created_at, lifetimes))
    return min(end, created_at + lifetimes.upload)


def deadline_with_urls(document: Document, now: datetime, lifetimes: Lifetimes) -> datetime | None:
    """Returns the deadline if URLs are signed `now`, or None if the present one holds.

    A single PUT or form can begin until its URL expires, up to the upload lifetime after the create. A multipart upload
    whose client asks for URLs when the first deadline comes near is active, and may last for another upload lifetime, up
    to the multipart lifetime after the create.
    """
    end = _latest_end(document, now, lifetimes)
    if document.method is not Method.MULTIPART:
        return _if_later(document, min(end, document.created_at + lifetimes.upload))
    wanted = min(now + lifetimes.upload, document.created_at + lifetimes.multipart)
    is_extended = document.upload_deadline > first_deadline(document, lifetimes)
    gain = wanted - document.upload_deadline
    if end <= document.upload_deadline and not (is_extended and gain >= MIN_EXTENSION):
        return None
    return _if_later(document, wanted)


def deadline_with_parts(document: Document, now: datetime, lifetimes: Lifetimes) -> datetime | None:
    """Returns the deadline of an upload of which S3 lists a part: the upload lifetime after the create.

    Returns None if the present deadline is no earlier, or if that time is over. So an upload that has begun can be paused
    and resumed, and one that is abandoned half-way expires nevertheless.
    """
    end = document.created_at + lifetimes.upload
    return _if_later(document, end) if now < end else None


def _latest_end(document: Document, signed_at: datetime, lifetimes: Lifetimes) -> datetime:
    """Returns the time by which the bytes of a request have arrived that begins when its URL expires."""
    size = document.size if document.part_size is None else min(document.size, document.part_size)
    lifetime = choose_url_lifetime(document.method, lifetimes)
    return signed_at + lifetime + timedelta(seconds=size / SLOWEST_LINK)


def _if_later(document: Document, deadline: datetime) -> datetime | None:
    return deadline if deadline > document.upload_deadline else None

"""Ready-made values for tests, so that each test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from functions.domain.deadlines import Lifetimes
from functions.domain.document import Document, HistoryEntry, Method, Status
from functions.domain.effects import COMPLETE_LEASE, LEASE
from functions.domain.ids import uuid7
from functions.domain.keys import owner_key
from functions.domain.kinds import Kinds
from functions.domain.quota import Limits
from functions.domain.rate import OwnerRate
from functions.signing.credentials import Credentials
from functions.signing.endpoint import Endpoint
from functions.signing.sigv4 import Signer

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
OWNER = owner_key("a-subject")
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00\x00\x00\x01" * 2 + b"\x08\x06\x00\x00\x00" + b"\x00" * 40
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb" + b"\x00" * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
"""A file that no kind of images accepts."""

KINDS = Kinds(
    {
        "image": {"content_types": ["image/png", "image/jpeg"], "max_bytes": 1000, "forms": True},
        "text": {"content_types": ["text/plain"], "max_bytes": 500},
        "photo": {"content_types": ["image/jpeg"], "max_bytes": 100_000},
        "checked": {
            "content_types": ["image/png", "image/jpeg"],
            "max_bytes": 1000,
            "steps": ["check", "render"],
            "check": {"words": ["secret"]},
        },
        "reporting": {"content_types": ["image/png"], "max_bytes": 1000, "duplicates": "report"},
        "unique": {"content_types": ["image/png"], "max_bytes": 1000, "duplicates": "reject"},
        "steps": {"check": {"timeout": 600, "parameters": {"words": "strings"}}, "render": {}},
    }
)
PLENTY = Limits(
    open_uploads=100,
    stored_bytes=10**9,
    daily_files=1000,
    daily_bytes=10**9,
    creates=OwnerRate(per_second=1_000, burst=10**6),
)
LIFETIMES = Lifetimes(
    url=timedelta(minutes=15),
    form=timedelta(minutes=5),
    upload=timedelta(days=1),
    multipart=timedelta(days=7),
)


def an_id(number: int = 0, at: datetime = NOW) -> str:
    """Ids with a larger `number` are of later documents."""
    return uuid7(at + timedelta(seconds=number), number.to_bytes(10, "big"))


def a_document(**changes: Any) -> Document:
    """A PENDING record as `intake.create_document` makes it, of a PNG with the size of `PNG`."""
    values: dict[str, Any] = {
        "owner": OWNER,
        "id": an_id(),
        "file_name": "cat.png",
        "title": "A cat",
        "kind": "image",
        "size": len(PNG),
        "declared_content_type": "image/png",
        "declared_sha256": None,
        "method": Method.PUT,
        "created_at": NOW,
        "updated_at": NOW,
        "upload_deadline": NOW + timedelta(days=1),
        "history": (HistoryEntry(Status.PENDING, NOW),),
    } | changes
    return Document(**{"reserved_bytes": values["size"]} | values)


def a_processing_document(**changes: object) -> Document:
    values = {"staged_version": "v1", "attempt": 1, "failures": 1, "lease_until": NOW + LEASE} | changes
    return a_document(status=Status.PROCESSING, **values)


def a_completing_document(**changes: object) -> Document:
    values = {"attempt": 1, "lease_until": NOW + COMPLETE_LEASE} | changes
    return a_document(status=Status.COMPLETING, **values)


def a_document_at_rest(status: Status) -> Document:
    return a_document(status=status, staged_version="v1", attempt=1, revision=3)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


BUCKET = "a-bucket"
SIGNER = Signer(
    Credentials("AKIDEXAMPLE", "a-secret-that-signs-nothing-real", "a-session-token"),
    "eu-west-1",
    Endpoint.for_bucket(BUCKET, "eu-west-1"),
)
"""As good as a role's, and always the same."""

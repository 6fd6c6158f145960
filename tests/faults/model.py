"""A reference model of an owner's documents in plain Python. It knows no crashes, leases, attempts, revisions or transactions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.domain.document import Method
from tests.examples import PNG
from tests.fake_deployment import RESTORE_WINDOW

UPLOAD_LIFETIME = timedelta(days=1)
OPEN = ("pending", "processing")
RESERVE_NOTHING = ("rejected", "expired", "aborted", "purged")


@dataclass
class ExpectedDocument:
    """`staged` maps versions in staging to their bodies, oldest first. `status_before_delete` is what a restore returns to."""

    method: Method
    upload_deadline: datetime
    status: str = "pending"
    staged: dict[str, bytes] = field(default_factory=dict)
    has_part: bool = False
    body: bytes = b""
    status_before_delete: str = ""
    purge_after: datetime | None = None

    @property
    def reserved_bytes(self) -> int:
        effective_status = self.status_before_delete if self.status == "deleted" else self.status
        return 0 if effective_status in RESERVE_NOTHING else len(PNG)

    def arrive(self, version: str) -> None:
        """Handles the event of a version. The first decides, every other version is deleted."""
        body = self.staged.pop(version, None)
        if body is None or self.status not in OPEN:
            return
        self.status = "ready" if body == PNG else "rejected"
        self.body = body

    def complete(self, version: str | None) -> None:
        if version is not None:
            self.staged[version] = PNG
            self.status, self.has_part = "processing", False

    def abort(self) -> bool:
        if self.status == "pending":
            self.status, self.has_part = "aborted", False
        return self.status == "aborted"

    def delete(self, now: datetime) -> bool:
        if self.status in OPEN:
            return False
        if self.status not in ("deleted", "purged"):
            self.status_before_delete, self.status, self.purge_after = (
                self.status,
                "deleted",
                now + RESTORE_WINDOW,
            )
        return True

    def restore(self, now: datetime) -> bool:
        if self.status == "deleted" and self.purge_after is not None and now < self.purge_after:
            self.status = self.status_before_delete
            return True
        return self.status not in (*OPEN, "deleted", "purged")

    def purge(self, now: datetime) -> None:
        if self.status == "deleted" and self.purge_after is not None and now >= self.purge_after:
            self.status, self.body = "purged", b""
            self.staged.clear()

    def expire(self, now: datetime) -> None:
        """Expires the upload if its deadline has passed and no bytes have arrived."""
        if self.status == "pending" and now > self.upload_deadline and not self.staged:
            self.status, self.has_part = "expired", False

"""A URL to upload writes once, whatever becomes of the document, and the staged bytes are gone soon after it has expired.

Every minute each URL is used again, every event is delivered twice, and the sweep runs every 15 minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from functions.domain.callers import Caller
from functions.domain.document import Status
from functions.domain.keys import STAGING
from functions.domain.slices import PERIOD
from functions.services.uploads import PresignedUpload
from functions.signing.presigning import PresignedPut
from tests.examples import OWNER, PDF, PNG, an_id
from tests.fake_deployment import FakeDeployment
from tests.upload_requests import make_request

MINUTE = timedelta(minutes=1)
SWEPT_BY = timedelta(minutes=30)
"""Time after the expiry of the last URL by which the staged bytes are gone."""


@dataclass(kw_only=True)
class ReplayedUrl(FakeDeployment):
    """One document whose URLs are used again and again, with S3's rules for `If-None-Match: *` and expired URLs."""

    body: bytes = PNG
    expiries: list[datetime] = field(default_factory=list)
    written: int = 0

    def create(self) -> None:
        """Creates the document, or repeats the create with the same Idempotency-Key."""
        upload = self._create_upload()
        if isinstance(upload, PresignedPut):
            self.expiries.append(upload.expires_at)

    def _create_upload(self) -> PresignedUpload | None:
        service = self.upload_service()
        request = make_request(size=len(PNG))
        key, now = "a-key", self.clock()
        return service.create(
            request, caller=Caller(OWNER), document_id=an_id(), idempotency_key=key, now=now
        ).upload

    def replay(self) -> None:
        """Sends the bytes to every URL, and delivers S3's event for each success twice."""
        key = self.document.staging_key
        for expiry in self.expiries:
            if self.clock() < expiry and key not in self.objects.keys:
                version = self.objects.put(key, self.body)
                self.inventory.came[version] = self.clock()
                self.written += 1
                for _ in range(2):
                    self.engine().process_upload(key, version)

    def sweep(self) -> None:
        self.sweep_service().sweep(lambda: False)
        for key, version in self.queues.events:
            self.engine().process_upload(key, version)
        for owner, document_id in self.queues.purge_tasks:
            self.purge_service().purge(owner, document_id)
        self.queues.events.clear()
        self.queues.purge_tasks.clear()

    def run(self, at: dict[int, Callable[[], None]], until: datetime) -> None:
        """Lets time pass. `at` are acts by minute."""
        start = self.clock()
        for minute in range(int((until - start) / MINUTE) + 1):
            self.clock.now = start + minute * MINUTE
            at.get(minute, lambda: None)()
            self.replay()
            if self.clock() - start >= MINUTE and (self.clock() - start) % PERIOD == timedelta(0):
                self.sweep()

    def staged(self) -> list[str]:
        return [key for key in self.objects.keys if key.startswith(STAGING)]


def abort(scenario: ReplayedUrl) -> None:
    scenario.upload_service().abort(OWNER, an_id(), scenario.clock())


def delete(scenario: ReplayedUrl) -> None:
    scenario.document_service().delete(OWNER, an_id(), scenario.clock())


FATES = {
    "ready": (PNG, {}, Status.READY),
    "rejected": (PDF.ljust(len(PNG), b"\0")[: len(PNG)], {}, Status.REJECTED),
    "aborted before the first PUT": (PNG, {0: abort}, Status.ABORTED),
    "deleted": (PNG, {1: delete}, Status.DELETED),
    "purged within the life of the URL": (PNG, {1: delete}, Status.PURGED),
}


@pytest.mark.parametrize("repeated_at", [None, 14])
@pytest.mark.parametrize(("body", "acts", "status"), FATES.values(), ids=FATES)
def test_a_url_writes_once_and_its_bytes_are_gone_30_minutes_after_it_has_expired(
    body: bytes, acts: dict[int, Callable[[ReplayedUrl], None]], status: Status, repeated_at: int | None
) -> None:
    scenario = ReplayedUrl(body=body, restore_window=MINUTE if status is Status.PURGED else timedelta(days=7))
    scenario.create()
    at = {minute: _bind(act, scenario) for minute, act in acts.items()}
    if repeated_at is not None:
        at[repeated_at] = scenario.create
    scenario.run(at, until=max(scenario.expiries) + SWEPT_BY)
    assert scenario.written == 1
    assert scenario.document.status is status
    assert scenario.staged() == []


def test_a_url_that_a_repeated_create_signs_late_writes_once_too() -> None:
    scenario = ReplayedUrl()
    scenario.create()
    first_url = scenario.expiries.pop()
    scenario.run(
        {14: scenario.create, 15: lambda: scenario.expiries.append(first_url)},
        scenario.clock() + timedelta(hours=2),
    )
    assert scenario.written == 1
    assert scenario.document.status is Status.READY
    assert scenario.staged() == []


def _bind(act: Callable[[ReplayedUrl], None], scenario: ReplayedUrl) -> Callable[[], None]:
    return lambda: act(scenario)

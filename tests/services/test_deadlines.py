"""Deadlines on virtual time: a slow upload becomes ready, a paused one is resumed, an abandoned one frees its slot.

S3's clock is the test's. A sweep runs every 15 minutes.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.callers import Caller
from functions.domain.document import Document, Method, Status
from functions.domain.events import CompleteRequested
from functions.domain.kinds import Kinds
from functions.domain.parts import GIB, MIB
from functions.domain.slices import PERIOD
from functions.domain.storage import CopyRequest, ObjectHead, StoredObject
from functions.signing.presigning import PresignedPut
from functions.signing.sigv4 import SignedForm
from tests.examples import NOW, OWNER, PLENTY, PNG, an_id
from tests.fake_deployment import FakeDeployment
from tests.fakes import InMemoryObjectStore
from tests.upload_requests import make_request

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
POLICY = {"content_types": ["image/png"], "max_bytes": 100 * GIB, "forms": True}
KINDS = Kinds({"image": POLICY})


class LargeObjects(InMemoryObjectStore):
    """Objects that are as long as `size` says, although only their first bytes are kept."""

    size: int = 0

    def open(self, key: str, version: str, length: int) -> ObjectHead | None:
        found = super().open(key, version, length)
        if found is None:
            return None
        return ObjectHead(replace(found.stored, size=self.size), found.head)

    def copy(self, request: CopyRequest) -> StoredObject:
        return replace(super().copy(request), size=self.size)


@dataclass(kw_only=True)
class SlowUpload(FakeDeployment):
    """One upload and a sweep every 15 minutes."""

    creates: int = 0

    def create(self, size: int, **changes: Any) -> Any:
        """Creates the document, or repeats the create with the same Idempotency-Key. Returns the upload."""
        request, now = make_request(size=size, **changes), self.clock()
        result = self.upload_service().create(
            request, caller=Caller(OWNER), document_id=an_id(self.creates), idempotency_key="a-key", now=now
        )
        self.creates += 1
        return result.upload

    def wait(self, duration: timedelta) -> None:
        """Lets time pass. A sweep runs at every multiple of its period."""
        end = self.clock() + duration
        while self._next_sweep() <= end:
            self.clock.now = self._next_sweep()
            self.sweep_service().sweep(lambda: False)
        self.clock.now = end

    def _next_sweep(self) -> Any:
        return NOW + ((self.clock() - NOW) // PERIOD + 1) * PERIOD

    def arrive(self) -> Document:
        """Stores the bytes, and processes their event."""
        key = self.document.staging_key
        version = self.objects.put(key, PNG)
        self.inventory.came[version] = self.clock()
        self.engine().process_upload(key, version)
        return self.document


def slow_upload(size: int) -> SlowUpload:
    limits = replace(PLENTY, daily_bytes=100 * GIB, stored_bytes=100 * GIB)
    scenario = SlowUpload(kinds=KINDS, limits=limits)
    objects = LargeObjects()
    objects.size = size
    scenario.s3.objects = objects
    return scenario


@pytest.mark.parametrize(("method", "begins"), [(Method.PUT, 14 * MINUTE), (Method.POST, 4 * MINUTE)])
@pytest.mark.parametrize("megabits", [1, 2, 100])
def test_5_gib_that_begin_just_before_their_url_expires_are_ready(
    method: Method, begins: timedelta, megabits: int
) -> None:
    scenario = slow_upload(5 * GIB)
    scenario.create(5 * GIB, method=method)
    scenario.wait(begins)
    scenario.wait(timedelta(seconds=5 * GIB * 8 / (megabits * 1_000_000)))
    assert scenario.arrive().status is Status.READY


@pytest.mark.parametrize("repeated", [50 * MINUTE, 6 * HOUR, 11 * HOUR])
def test_5_gib_through_the_url_of_a_repeated_create_are_ready(repeated: timedelta) -> None:
    scenario = slow_upload(5 * GIB)
    scenario.create(5 * GIB, method=Method.PUT)
    scenario.wait(repeated)
    upload = scenario.create(5 * GIB, method=Method.PUT)
    scenario.clock.advance(upload.expires_at - scenario.clock() - MINUTE)
    scenario.wait(timedelta(seconds=5 * GIB * 8 / 1_000_000))
    assert scenario.arrive().status is Status.READY


@pytest.mark.parametrize("method", [Method.PUT, Method.POST])
def test_no_url_outlives_the_deadline_of_its_document(method: Method) -> None:
    scenario = slow_upload(100)
    signed = []
    while upload := scenario.create(100, method=method):
        assert isinstance(upload, PresignedPut | SignedForm)
        signed.append(upload.expires_at)
        assert upload.expires_at <= scenario.document.upload_deadline
        scenario.clock.advance(4 * MINUTE)
    assert len(signed) == 24 * 15
    assert scenario.document.upload_deadline == NOW + 24 * HOUR


@pytest.mark.parametrize("method", [Method.PUT, Method.POST, Method.MULTIPART])
def test_an_abandoned_create_frees_its_slot_within_an_hour_and_a_quarter(method: Method) -> None:
    scenario = slow_upload(100)
    scenario.clock.advance(SECOND)
    scenario.create(100, method=method)
    if method is Method.MULTIPART:
        scenario.multipart_service().presign(OWNER, an_id(), [1], {}, scenario.clock())
    scenario.wait(HOUR - SECOND)
    assert scenario.repository.usage(OWNER, NOW).open_uploads == 1
    scenario.wait(15 * MINUTE)
    assert scenario.repository.usage(OWNER, NOW).open_uploads == 0
    assert scenario.document.status is Status.EXPIRED
    assert not scenario.s3.open


def start_parts(scenario: SlowUpload) -> None:
    scenario.create(200 * MIB, method=Method.MULTIPART)
    scenario.clock.advance(10 * MINUTE)
    scenario.s3.put_part(scenario.document.staging_key, scenario.document.upload_id or "", 1, PNG)


@pytest.mark.parametrize("hours", [1, 2, 12, 23])
def test_an_upload_with_a_part_is_paused_and_resumed_within_the_upload_lifetime(hours: int) -> None:
    scenario = slow_upload(200 * MIB)
    start_parts(scenario)
    scenario.wait(hours * HOUR)
    batch = scenario.multipart_service().presign(OWNER, an_id(), [2], {}, scenario.clock())
    assert len(batch.parts) == 1
    assert scenario.document.upload_deadline > scenario.clock() + HOUR - 11 * MINUTE


def test_an_upload_that_is_abandoned_half_way_expires_after_the_upload_lifetime() -> None:
    scenario = slow_upload(200 * MIB)
    start_parts(scenario)
    scenario.wait(23 * HOUR + 49 * MINUTE)
    assert scenario.repository.usage(OWNER, NOW).open_uploads == 1
    scenario.wait(HOUR)
    assert scenario.document.status is Status.EXPIRED
    assert not scenario.s3.open


def test_a_complete_that_crashed_before_the_first_deadline_is_reopened_after_it() -> None:
    scenario = slow_upload(200 * MIB)
    start_parts(scenario)
    scenario.clock.now = NOW + HOUR - 30 * SECOND
    scenario.apply(CompleteRequested())
    scenario.wait(HOUR)
    assert scenario.document.status is Status.PENDING

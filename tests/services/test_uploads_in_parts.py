"""Create and abort of what comes in parts: S3's upload and the record begin and end together."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.document import Method
from functions.domain.errors import TooMany, Unavailable
from functions.domain.kinds import Kinds
from functions.domain.parts import DEFAULT_PART
from functions.services.uploads import PresignedParts
from tests.examples import LIFETIMES, NOW, OWNER, PLENTY, an_id
from tests.fake_deployment import FakeDeployment
from tests.fake_multipart import InMemoryMultipartStore
from tests.fakes import InMemoryDocuments
from tests.upload_requests import create, upload_service


def test_a_multipart_create_starts_an_upload_in_s3_and_signs_the_first_parts() -> None:
    s3 = InMemoryMultipartStore()
    created = create(upload_service(InMemoryDocuments(), multipart=s3), method=Method.MULTIPART)
    assert list(s3.open) == [created.document.upload_id]
    assert isinstance(created.upload, PresignedParts)
    assert [part.part_number for part in created.upload.first_batch.parts] == [1]
    assert created.upload.last_deadline == NOW + LIFETIMES.multipart


def test_a_deployer_sets_the_longest_time_of_an_upload_in_parts() -> None:
    lifetimes = LIFETIMES._replace(multipart=timedelta(days=30))
    service = FakeDeployment(lifetimes=lifetimes).upload_service()
    created = create(service, method=Method.MULTIPART)
    assert isinstance(created.upload, PresignedParts)
    assert created.upload.last_deadline == NOW + timedelta(days=30)


def test_a_create_signs_at_most_100_parts() -> None:
    kinds = Kinds({"data": {"content_types": ["image/png"], "max_bytes": 1 << 40}})
    on = replace(
        upload_service(InMemoryDocuments(), replace(PLENTY, stored_bytes=1 << 50, daily_bytes=1 << 50)),
        kinds=kinds,
    )
    created = create(on, size=101 * DEFAULT_PART)
    assert isinstance(created.upload, PresignedParts)
    assert [part.part_number for part in created.upload.first_batch.parts] == list(range(1, 101))
    assert created.upload.plan.part_count == 101


def test_with_part_checksums_a_create_signs_no_part() -> None:
    created = create(upload_service(InMemoryDocuments()), method=Method.MULTIPART, part_checksums=True)
    assert isinstance(created.upload, PresignedParts)
    assert created.upload.first_batch.parts == []


def test_an_exceeded_quota_leaves_no_upload_in_s3() -> None:
    s3 = InMemoryMultipartStore()
    on = upload_service(InMemoryDocuments(), replace(PLENTY, open_uploads=1), s3)
    create(on)
    with pytest.raises(TooMany):
        create(on, number=1, method=Method.MULTIPART)
    assert not s3.open


def test_a_repeated_multipart_create_resumes_the_first_upload() -> None:
    s3 = InMemoryMultipartStore()
    on = upload_service(InMemoryDocuments(), multipart=s3)
    first = create(on, key="k", method=Method.MULTIPART)
    second = create(on, number=1, key="k", method=Method.MULTIPART)
    assert second.document == first.document
    assert list(s3.open) == [first.document.upload_id]


class Busy(InMemoryDocuments):
    """Writes, and then loses its answer."""

    def create(self, *args: Any) -> None:
        super().create(*args)
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "The answer was lost.")


def test_a_create_with_an_unknown_outcome_keeps_its_upload() -> None:
    s3 = InMemoryMultipartStore()
    repository = Busy()
    with pytest.raises(Unavailable):
        create(upload_service(repository, multipart=s3), method=Method.MULTIPART)
    document = repository.get(OWNER, an_id())
    assert document is not None
    assert list(s3.open) == [document.upload_id]


def test_an_abort_frees_the_parts() -> None:
    s3 = InMemoryMultipartStore()
    on = upload_service(InMemoryDocuments(), multipart=s3)
    create(on, method=Method.MULTIPART)
    on.abort(OWNER, an_id(), NOW)
    assert not s3.open

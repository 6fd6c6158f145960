"""A copy in parts against the local AWS: what `Objects` promises of `start_copy` and `continue_copy`."""

import base64
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from awscrt.checksums import crc64nvme

from functions.adapters.s3.objects import S3ObjectStore
from functions.domain.errors import IntegrityError, Unavailable
from functions.domain.storage import CopyRequest, NoSuchUpload, StoredObject
from tests.local.account import Account

MIB = 1024 * 1024
STAGED, STORED = "staging/a b/ü+1", "documents/a b/ü+1"
BODY = os.urandom(12 * MIB)


class Store:
    """A bucket with a staged file of 12 MiB, which is copied in parts of 5."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self.s3, self.bucket = s3, bucket
        self.copied: list[str] = []
        """The range of the source in each request to copy a part."""
        self.objects = S3ObjectStore(s3, bucket, copy_part_size=5 * MIB)
        self.order = CopyRequest(STAGED, self.put(STAGED, BODY), STORED, "video/mp4")

    def note(self, params: dict[str, Any], **_: object) -> None:
        self.copied.append(params["headers"]["x-amz-copy-source-range"])

    def put(self, key: str, body: bytes) -> StoredObject:
        put = self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="text/html")
        found = self.objects.head(key, put["VersionId"])
        assert found is not None
        return found

    def look(self) -> list[tuple[str, bytes, str]]:
        """(version, body, content type) of everything under the target key."""
        listed = self.s3.list_object_versions(Bucket=self.bucket, Prefix=STORED).get("Versions", [])
        versions = [version["VersionId"] for version in listed]
        answers = [self.s3.get_object(Bucket=self.bucket, Key=STORED, VersionId=v) for v in versions]
        return [(answer["VersionId"], answer["Body"].read(), answer["ContentType"]) for answer in answers]

    def abort(self, upload_id: str) -> None:
        self.s3.abort_multipart_upload(Bucket=self.bucket, Key=STORED, UploadId=upload_id)

    def go_on(self, upload_id: str, parts: int = 100) -> StoredObject | None:
        """With time for so many parts, and no more."""
        asked = count()
        return self.objects.continue_copy(self.order, upload_id, lambda: next(asked) >= parts)


@pytest.fixture
def store(account: Account) -> Iterator[Store]:
    made = Store(account.s3, account.create_bucket())
    account.s3.meta.events.register("before-call.s3.UploadPartCopy", made.note)
    yield made
    account.s3.meta.events.unregister("before-call.s3.UploadPartCopy", made.note)


def finished(done: StoredObject | None) -> StoredObject:
    assert done is not None
    return done


def test_a_copy_in_one_go_has_the_bytes_the_crc_and_the_content_type_that_was_ordered(store: Store) -> None:
    done = finished(store.go_on(store.objects.start_copy(store.order)))
    assert (done.size, done.sha256) == (len(BODY), None)
    assert done.crc64nvme == base64.b64encode(crc64nvme(BODY).to_bytes(8)).decode()
    assert store.look() == [(done.version, BODY, "video/mp4")]
    assert sorted(store.copied) == [
        f"bytes=0-{5 * MIB - 1}",
        f"bytes={10 * MIB}-{12 * MIB - 1}",
        f"bytes={5 * MIB}-{10 * MIB - 1}",
    ]


def test_a_copy_that_runs_out_of_time_goes_on_where_it_stopped(store: Store) -> None:
    upload_id = store.objects.start_copy(store.order)
    assert store.go_on(upload_id, parts=1) is None
    assert len(store.copied) == 1
    assert store.look() == []

    assert store.go_on(upload_id, parts=0) is None
    finished(store.go_on(upload_id))

    assert len(store.copied) == len(set(store.copied)) == 3
    assert [body for _, body, _ in store.look()] == [BODY]


def test_a_copy_whose_upload_was_aborted_says_so(store: Store) -> None:
    upload_id = store.objects.start_copy(store.order)
    store.go_on(upload_id, parts=1)
    store.abort(upload_id)
    with pytest.raises(NoSuchUpload):
        store.go_on(upload_id)
    assert store.look() == []


def test_a_copy_that_is_finished_already_is_not_made_twice(store: Store) -> None:
    first, second = (store.objects.start_copy(store.order) for _ in range(2))
    done = finished(store.go_on(first))
    assert store.go_on(first) == done
    assert store.go_on(second) == done
    assert [version for version, _, _ in store.look()] == [done.version]


def test_an_upload_that_is_gone_because_its_object_is_there_is_done(store: Store) -> None:
    done, aborted = store.objects.copy(store.order), store.objects.start_copy(store.order)
    store.abort(aborted)
    assert finished(store.go_on(aborted)).version == done.version


@pytest.mark.parametrize("abort", [False, True])
def test_a_target_that_holds_something_else_stays_as_it_is(store: Store, abort: bool) -> None:
    upload_id = store.objects.start_copy(store.order)
    other = store.put(STORED, b"something else")
    if abort:
        store.abort(upload_id)
    with pytest.raises(IntegrityError):
        store.go_on(upload_id)
    assert [version for version, _, _ in store.look()] == [other.version]


def test_a_copy_is_of_its_version_even_if_it_is_not_the_latest(store: Store) -> None:
    store.put(STAGED, bytes(12 * MIB))
    finished(store.go_on(store.objects.start_copy(store.order)))
    assert [body for _, body, _ in store.look()] == [BODY]


def test_a_source_that_is_not_what_was_inspected_is_not_copied(store: Store) -> None:
    store.order = replace(store.order, source=replace(store.order.source, etag='"another"'))
    with pytest.raises(IntegrityError):
        store.go_on(store.objects.start_copy(store.order))
    assert store.look() == []


def test_a_source_that_has_vanished_is_not_copied(store: Store) -> None:
    upload_id = store.objects.start_copy(store.order)
    store.objects.delete(STAGED, store.order.source.version)
    with pytest.raises(Unavailable):
        store.go_on(upload_id)
    assert store.look() == []

"""Multipart copies on the local AWS: the contract of `start_copy` and `continue_copy`."""

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
SOURCE, TARGET = "staging/a b/ü+1", "documents/a b/ü+1"
BODY = os.urandom(12 * MIB)


class Store:
    """A bucket with an object of 12 MiB, which is copied in parts of 5 MiB."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self.s3, self.bucket = s3, bucket
        self.copied_ranges: list[str] = []
        """The source range of each UploadPartCopy, in order of the requests."""
        self.objects = S3ObjectStore(s3, bucket, copy_part_size=5 * MIB)
        self.request = CopyRequest(SOURCE, self.put(SOURCE, BODY), TARGET, "video/mp4")

    def record_range(self, params: dict[str, Any], **_: object) -> None:
        self.copied_ranges.append(params["headers"]["x-amz-copy-source-range"])

    def put(self, key: str, body: bytes) -> StoredObject:
        put = self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="text/html")
        found = self.objects.head(key, put["VersionId"])
        assert found is not None
        return found

    def list_versions(self) -> list[tuple[str, bytes, str]]:
        """Returns (version id, body, content type) of every version of the target."""
        listed = self.s3.list_object_versions(Bucket=self.bucket, Prefix=TARGET).get("Versions", [])
        versions = [version["VersionId"] for version in listed]
        responses = [self.s3.get_object(Bucket=self.bucket, Key=TARGET, VersionId=v) for v in versions]
        return [
            (response["VersionId"], response["Body"].read(), response["ContentType"])
            for response in responses
        ]

    def abort(self, upload_id: str) -> None:
        self.s3.abort_multipart_upload(Bucket=self.bucket, Key=TARGET, UploadId=upload_id)

    def continue_copy(self, upload_id: str, parts: int = 100) -> StoredObject | None:
        """Continues until so many parts are copied; then the time is over."""
        calls = count()
        return self.objects.continue_copy(self.request, upload_id, lambda: next(calls) >= parts)


@pytest.fixture
def store(account: Account) -> Iterator[Store]:
    store = Store(account.s3, account.create_bucket())
    account.s3.meta.events.register("before-call.s3.UploadPartCopy", store.record_range)
    yield store
    account.s3.meta.events.unregister("before-call.s3.UploadPartCopy", store.record_range)


def require(copied: StoredObject | None) -> StoredObject:
    """Fails when the copy is not finished."""
    assert copied is not None
    return copied


def test_a_copy_has_the_bytes_the_crc_and_the_requested_content_type(store: Store) -> None:
    done = require(store.continue_copy(store.objects.start_copy(store.request)))
    assert (done.size, done.sha256) == (len(BODY), None)
    assert done.crc64nvme == base64.b64encode(crc64nvme(BODY).to_bytes(8)).decode()
    assert store.list_versions() == [(done.version, BODY, "video/mp4")]
    assert sorted(store.copied_ranges) == [
        f"bytes=0-{5 * MIB - 1}",
        f"bytes={10 * MIB}-{12 * MIB - 1}",
        f"bytes={5 * MIB}-{10 * MIB - 1}",
    ]


def test_a_copy_that_runs_out_of_time_resumes_where_it_stopped(store: Store) -> None:
    upload_id = store.objects.start_copy(store.request)
    assert store.continue_copy(upload_id, parts=1) is None
    assert len(store.copied_ranges) == 1
    assert store.list_versions() == []

    assert store.continue_copy(upload_id, parts=0) is None
    require(store.continue_copy(upload_id))

    assert len(store.copied_ranges) == len(set(store.copied_ranges)) == 3
    assert [body for _, body, _ in store.list_versions()] == [BODY]


def test_a_copy_whose_upload_was_aborted_raises_no_such_upload(store: Store) -> None:
    upload_id = store.objects.start_copy(store.request)
    store.continue_copy(upload_id, parts=1)
    store.abort(upload_id)
    with pytest.raises(NoSuchUpload):
        store.continue_copy(upload_id)
    assert store.list_versions() == []


def test_a_finished_copy_is_not_repeated(store: Store) -> None:
    first, second = (store.objects.start_copy(store.request) for _ in range(2))
    done = require(store.continue_copy(first))
    assert store.continue_copy(first) == done
    assert store.continue_copy(second) == done
    assert [version for version, _, _ in store.list_versions()] == [done.version]


def test_a_missing_upload_whose_object_exists_is_finished(store: Store) -> None:
    done, aborted = store.objects.copy(store.request), store.objects.start_copy(store.request)
    store.abort(aborted)
    assert require(store.continue_copy(aborted)).version == done.version


@pytest.mark.parametrize("abort", [False, True])
def test_a_target_with_other_content_is_not_overwritten(store: Store, abort: bool) -> None:
    upload_id = store.objects.start_copy(store.request)
    other = store.put(TARGET, b"something else")
    if abort:
        store.abort(upload_id)
    with pytest.raises(IntegrityError):
        store.continue_copy(upload_id)
    assert [version for version, _, _ in store.list_versions()] == [other.version]


def test_the_requested_version_is_copied_even_if_it_is_not_the_latest(store: Store) -> None:
    store.put(SOURCE, bytes(12 * MIB))
    require(store.continue_copy(store.objects.start_copy(store.request)))
    assert [body for _, body, _ in store.list_versions()] == [BODY]


def test_a_source_with_another_etag_is_not_copied(store: Store) -> None:
    store.request = replace(store.request, source=replace(store.request.source, etag='"another"'))
    with pytest.raises(IntegrityError):
        store.continue_copy(store.objects.start_copy(store.request))
    assert store.list_versions() == []


def test_a_missing_source_is_not_copied(store: Store) -> None:
    upload_id = store.objects.start_copy(store.request)
    store.objects.delete(SOURCE, store.request.source.version)
    with pytest.raises(Unavailable):
        store.continue_copy(upload_id)
    assert store.list_versions() == []

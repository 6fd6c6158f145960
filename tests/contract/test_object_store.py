"""The contract of `ObjectStore`, in S3 and in memory."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count

import pytest

from functions.adapters.s3.objects import S3ObjectStore
from functions.domain.errors import AirlockError, IntegrityError, Unavailable
from functions.domain.parts import MIB
from functions.domain.storage import CopyRequest, NoSuchUpload, ObjectStore, StoredObject
from tests.fakes import InMemoryObjectStore
from tests.moto_account import Bucket

STAGED, STORED = "staging/a b/ü+1", "documents/a b/ü+1"
BODY = bytes(range(256))


@dataclass(frozen=True)
class Store:
    """A store under test, with operations that the port does not have: to put an object and to read all versions."""

    objects: ObjectStore
    backend: InMemoryObjectStore | Bucket

    def put(self, body: bytes, key: str = STAGED) -> str:
        if isinstance(self.backend, InMemoryObjectStore):
            return self.backend.put(key, body, "text/html")
        put = self.backend.client.put_object
        return put(Bucket=self.backend.name, Key=key, Body=body, ContentType="text/html")["VersionId"]

    def read_versions(self, key: str) -> list[tuple[str, bytes, str]]:
        """Returns (version, body, content type) of every version."""
        if isinstance(self.backend, InMemoryObjectStore):
            versions = self.backend.keys.get(key, {})
            return [(version, stored.body, stored.content_type) for version, stored in versions.items()]
        client, bucket = self.backend.client, self.backend.name
        listed = client.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
        responses = [
            client.get_object(Bucket=bucket, Key=key, VersionId=entry["VersionId"]) for entry in listed
        ]
        return [
            (response["VersionId"], response["Body"].read(), response["ContentType"])
            for response in responses
        ]


@pytest.fixture(params=["in memory", "in S3"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "in memory":
        fake = InMemoryObjectStore()
        return Store(fake, fake)
    bucket: Bucket = request.getfixturevalue("bucket")
    return Store(S3ObjectStore(bucket.client, bucket.name, copy_part_size=5 * MIB), bucket)


def head(store: Store, version: str) -> StoredObject:
    stored = store.objects.head(STAGED, version)
    assert stored is not None
    return stored


def copy_request(store: Store, version: str, target: str = STORED) -> CopyRequest:
    return CopyRequest(STAGED, head(store, version), target, "image/png")


def test_a_head_is_that_of_exactly_this_version(store: Store) -> None:
    first, second = store.put(BODY), store.put(b"another")
    assert head(store, first).size == len(BODY)
    assert head(store, second).size == 7
    assert head(store, first).version == first
    assert head(store, first).etag != head(store, second).etag


@pytest.mark.parametrize(("body", "read"), [(BODY, BODY[:4]), (b"abc", b"abc"), (b"a", b"a"), (b"", b"")])
def test_open_returns_size_etag_and_first_bytes(store: Store, body: bytes, read: bytes) -> None:
    version = store.put(body)
    store.put(b"another")
    opened = store.objects.open(STAGED, version, 4)
    assert opened is not None
    stored = head(store, version)
    assert opened.head == read
    assert opened.stored.version == version
    assert (opened.stored.size, opened.stored.etag) == (len(body), stored.etag)


def test_a_missing_version_has_no_head_and_cannot_be_opened(store: Store) -> None:
    version = store.put(BODY)
    assert store.objects.head("staging/other", version) is None
    assert store.objects.open("staging/other", version, 4) is None
    store.objects.delete(STAGED, version)
    assert store.objects.head(STAGED, version) is None
    assert store.objects.open(STAGED, version, 4) is None


@pytest.mark.parametrize(
    ("start", "length", "read"), [(0, 4, BODY[:4]), (250, 100, BODY[250:]), (0, 256, BODY)]
)
def test_a_read_returns_the_requested_range_up_to_the_end(
    store: Store, start: int, length: int, read: bytes
) -> None:
    assert store.objects.read(STAGED, store.put(BODY), start, length) == read


def test_a_read_is_of_its_version_even_if_it_is_not_the_latest(store: Store) -> None:
    first = store.put(BODY)
    store.put(b"another")
    assert store.objects.read(STAGED, first, 0, 3) == BODY[:3]


def test_a_read_of_a_deleted_version_is_unavailable(store: Store) -> None:
    version = store.put(BODY)
    store.objects.delete(STAGED, version)
    with pytest.raises(Unavailable):
        store.objects.read(STAGED, version, 0, 3)


def test_a_copy_has_the_bytes_their_sha256_and_the_requested_content_type(store: Store) -> None:
    copied = store.objects.copy(copy_request(store, store.put(BODY)))
    assert (copied.size, copied.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert store.read_versions(STORED) == [(copied.version, BODY, "image/png")]


def test_a_copy_is_of_its_version_even_if_it_is_not_the_latest(store: Store) -> None:
    first = store.put(BODY)
    store.put(b"another")
    store.objects.copy(copy_request(store, first))
    assert [body for _, body, _ in store.read_versions(STORED)] == [BODY]


def test_a_repeated_copy_returns_the_first_one(store: Store) -> None:
    request = copy_request(store, store.put(BODY))
    first = store.objects.copy(request)
    assert store.objects.copy(request) == first
    assert len(store.read_versions(STORED)) == 1


def test_a_repeated_copy_without_its_source_creates_no_second_version(store: Store) -> None:
    request = copy_request(store, store.put(BODY))
    first = store.objects.copy(request)
    store.objects.delete(STAGED, request.source.version)
    with suppress(Unavailable):  # S3 does not document whether it checks the source or the target first
        assert store.objects.copy(request) == first
    assert [version for version, _, _ in store.read_versions(STORED)] == [first.version]


def test_a_copy_of_another_version_with_the_same_bytes_is_an_integrity_error(store: Store) -> None:
    store.objects.copy(copy_request(store, store.put(BODY)))
    with pytest.raises(IntegrityError):
        store.objects.copy(copy_request(store, store.put(BODY)))
    assert len(store.read_versions(STORED)) == 1


def test_a_target_with_another_object_is_not_overwritten(store: Store) -> None:
    store.put(b"another object", STORED)
    with pytest.raises(IntegrityError):
        store.objects.copy(copy_request(store, store.put(BODY)))
    assert [body for _, body, _ in store.read_versions(STORED)] == [b"another object"]


def test_a_source_with_another_etag_is_not_copied(store: Store) -> None:
    request = copy_request(store, store.put(BODY))
    with pytest.raises(IntegrityError):
        store.objects.copy(replace(request, source=replace(request.source, etag='"another"')))
    assert store.read_versions(STORED) == []


def test_a_deleted_source_is_not_copied(store: Store) -> None:
    request = copy_request(store, store.put(BODY))
    store.put(b"a later version")
    store.objects.delete(STAGED, request.source.version)
    with pytest.raises(AirlockError):
        store.objects.copy(request)
    assert store.read_versions(STORED) == []


def test_a_further_copy_is_another_version_with_the_bytes_and_their_sha256(store: Store) -> None:
    request = copy_request(store, store.put(BODY))
    first, second = store.objects.add_copy(request), store.objects.add_copy(request)
    assert (second.size, second.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert {version for version, _, _ in store.read_versions(STORED)} == {first.version, second.version}
    assert {(body, type_) for _, body, type_ in store.read_versions(STORED)} == {(BODY, "image/png")}


def test_a_further_copy_is_of_its_version_even_if_it_is_not_the_latest(store: Store) -> None:
    first = store.put(BODY)
    store.put(b"another")
    store.objects.add_copy(copy_request(store, first))
    assert [body for _, body, _ in store.read_versions(STORED)] == [BODY]


def test_no_further_copy_is_made_of_a_source_that_is_gone_or_has_another_etag(store: Store) -> None:
    request = copy_request(store, store.put(BODY))
    store.put(b"a later version")
    with pytest.raises(IntegrityError):
        store.objects.add_copy(replace(request, source=replace(request.source, etag='"another"')))
    store.objects.delete(STAGED, request.source.version)
    with pytest.raises(AirlockError):
        store.objects.add_copy(request)
    assert store.read_versions(STORED) == []


def test_a_delete_removes_one_version_for_good(store: Store) -> None:
    first, second = store.put(BODY), store.put(b"another")
    store.objects.delete(STAGED, first)
    assert [version for version, _, _ in store.read_versions(STAGED)] == [second]
    assert store.objects.head(STAGED, second) is not None


def test_a_delete_is_idempotent(store: Store) -> None:
    version = store.put(BODY)
    store.objects.delete(STAGED, version)
    store.objects.delete(STAGED, version)
    assert store.read_versions(STAGED) == []


LARGE = b"a" * (5 * MIB) + b"b" * 10
"""The content of two parts of the minimum size."""


def never() -> bool:
    return False


def after_parts(number: int) -> Callable[[], bool]:
    calls = count()
    return lambda: next(calls) >= number


def test_a_copy_in_parts_has_the_bytes_and_the_content_type_and_no_sha256(store: Store) -> None:
    request = copy_request(store, store.put(LARGE))
    copied = store.objects.continue_copy(request, store.objects.start_copy(request), never)
    assert copied is not None
    assert (copied.size, copied.sha256) == (len(LARGE), None)
    assert store.read_versions(STORED) == [(copied.version, LARGE, "image/png")]


def test_a_copy_in_parts_that_runs_out_of_time_is_resumed(store: Store) -> None:
    request = copy_request(store, store.put(LARGE))
    upload_id = store.objects.start_copy(request)
    assert store.objects.continue_copy(request, upload_id, after_parts(0)) is None
    assert store.objects.continue_copy(request, upload_id, after_parts(1)) is None
    assert store.read_versions(STORED) == []
    assert store.objects.continue_copy(request, upload_id, after_parts(1)) is not None
    assert [body for _, body, _ in store.read_versions(STORED)] == [LARGE]


def test_a_repeated_copy_in_parts_returns_the_first_one(store: Store) -> None:
    request = copy_request(store, store.put(LARGE))
    upload_id = store.objects.start_copy(request)
    first = store.objects.continue_copy(request, upload_id, never)
    assert store.objects.continue_copy(request, upload_id, never) == first
    assert len(store.read_versions(STORED)) == 1


def test_the_second_of_two_copies_in_parts_returns_the_first(store: Store) -> None:
    request = copy_request(store, store.put(LARGE))
    one, other = store.objects.start_copy(request), store.objects.start_copy(request)
    first = store.objects.continue_copy(request, one, never)
    assert store.objects.continue_copy(request, other, never) == first
    assert len(store.read_versions(STORED)) == 1


def test_an_aborted_copy_in_parts_has_to_be_restarted(store: Store) -> None:
    request = copy_request(store, store.put(LARGE))
    with pytest.raises(NoSuchUpload):
        store.objects.continue_copy(request, "a-missing-upload", never)
    assert store.read_versions(STORED) == []


def test_a_copy_in_parts_does_not_overwrite_another_object(store: Store) -> None:
    store.put(b"another object", STORED)
    request = copy_request(store, store.put(LARGE))
    upload_id = store.objects.start_copy(request)
    with pytest.raises(IntegrityError):
        store.objects.continue_copy(request, upload_id, never)
    assert [body for _, body, _ in store.read_versions(STORED)] == [b"another object"]


def test_a_copy_in_parts_of_a_source_with_another_etag_is_not_made(store: Store) -> None:
    request = copy_request(store, store.put(LARGE))
    other = replace(request, source=replace(request.source, etag='"another"'))
    with pytest.raises(IntegrityError):
        store.objects.continue_copy(other, store.objects.start_copy(other), never)
    assert store.read_versions(STORED) == []


def test_a_copy_in_parts_of_a_deleted_source_is_not_made(store: Store) -> None:
    request = copy_request(store, store.put(LARGE))
    upload_id = store.objects.start_copy(request)
    store.put(LARGE)
    store.objects.delete(STAGED, request.source.version)
    with pytest.raises(Unavailable):
        store.objects.continue_copy(request, upload_id, never)
    assert store.read_versions(STORED) == []

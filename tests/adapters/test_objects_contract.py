"""What `ObjectStore` promises, held by S3 and by the fake that promotion is tested on."""

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
from tests.adapters.conftest import Bucket
from tests.fakes import InMemoryObjectStore

STAGED, STORED = "staging/a b/ü+1", "documents/a b/ü+1"
BODY = bytes(range(256))


@dataclass(frozen=True)
class Store:
    """The port, and the two sides that it has not: a client that puts, and a look at what is there."""

    objects: ObjectStore
    behind: InMemoryObjectStore | Bucket

    def put(self, body: bytes, key: str = STAGED) -> str:
        if isinstance(self.behind, InMemoryObjectStore):
            return self.behind.put(key, body, "text/html")
        put = self.behind.client.put_object
        return put(Bucket=self.behind.name, Key=key, Body=body, ContentType="text/html")["VersionId"]

    def inspect_key(self, key: str) -> list[tuple[str, bytes, str]]:
        """(version, body, content type) of every version."""
        if isinstance(self.behind, InMemoryObjectStore):
            versions = self.behind.keys.get(key, {})
            return [(version, held.body, held.content_type) for version, held in versions.items()]
        client, bucket = self.behind.client, self.behind.name
        listed = client.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
        answers = [
            client.get_object(Bucket=bucket, Key=key, VersionId=entry["VersionId"]) for entry in listed
        ]
        return [(answer["VersionId"], answer["Body"].read(), answer["ContentType"]) for answer in answers]


@pytest.fixture(params=["in memory", "in S3"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "in memory":
        fake = InMemoryObjectStore()
        return Store(fake, fake)
    bucket: Bucket = request.getfixturevalue("bucket")
    return Store(S3ObjectStore(bucket.client, bucket.name, copy_part_size=5 * MIB), bucket)


def head(store: Store, version: str) -> StoredObject:
    found = store.objects.head(STAGED, version)
    assert found is not None
    return found


def request(store: Store, version: str, target: str = STORED) -> CopyRequest:
    return CopyRequest(STAGED, head(store, version), target, "image/png")


def test_a_head_tells_size_and_etag_of_exactly_this_version(store: Store) -> None:
    first, second = store.put(BODY), store.put(b"another")
    assert head(store, first).size == len(BODY)
    assert head(store, second).size == 7
    assert head(store, first).version == first
    assert head(store, first).etag != head(store, second).etag


@pytest.mark.parametrize(("body", "read"), [(BODY, BODY[:4]), (b"abc", b"abc"), (b"a", b"a"), (b"", b"")])
def test_what_is_opened_tells_its_size_and_etag_and_begins_with_its_first_bytes(
    store: Store, body: bytes, read: bytes
) -> None:
    version = store.put(body)
    store.put(b"another")
    opened = store.objects.open(STAGED, version, 4)
    assert opened is not None
    found = head(store, version)
    assert opened.head == read
    assert opened.stored.version == version
    assert (opened.stored.size, opened.stored.etag) == (len(body), found.etag)


def test_what_does_not_exist_has_no_head_and_cannot_be_opened(store: Store) -> None:
    version = store.put(BODY)
    assert store.objects.head("staging/other", version) is None
    assert store.objects.open("staging/other", version, 4) is None
    store.objects.delete(STAGED, version)
    assert store.objects.head(STAGED, version) is None
    assert store.objects.open(STAGED, version, 4) is None


@pytest.mark.parametrize(
    ("start", "length", "read"), [(0, 4, BODY[:4]), (250, 100, BODY[250:]), (0, 256, BODY)]
)
def test_a_read_gives_the_bytes_asked_for_or_as_many_as_there_are(
    store: Store, start: int, length: int, read: bytes
) -> None:
    assert store.objects.read(STAGED, store.put(BODY), start, length) == read


def test_a_read_is_of_its_version_even_if_it_is_not_the_latest(store: Store) -> None:
    first = store.put(BODY)
    store.put(b"another")
    assert store.objects.read(STAGED, first, 0, 3) == BODY[:3]


def test_a_read_of_a_version_that_has_vanished_is_unavailable(store: Store) -> None:
    version = store.put(BODY)
    store.objects.delete(STAGED, version)
    with pytest.raises(Unavailable):
        store.objects.read(STAGED, version, 0, 3)


def test_a_copy_has_the_bytes_the_hash_and_the_content_type_that_was_ordered(store: Store) -> None:
    copied = store.objects.copy(request(store, store.put(BODY)))
    assert (copied.size, copied.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert store.inspect_key(STORED) == [(copied.version, BODY, "image/png")]


def test_a_copy_is_of_its_version_even_if_it_is_not_the_latest(store: Store) -> None:
    first = store.put(BODY)
    store.put(b"another")
    store.objects.copy(request(store, first))
    assert [body for _, body, _ in store.inspect_key(STORED)] == [BODY]


def test_a_copy_that_was_made_already_is_not_made_twice(store: Store) -> None:
    wanted = request(store, store.put(BODY))
    first = store.objects.copy(wanted)
    assert store.objects.copy(wanted) == first
    assert len(store.inspect_key(STORED)) == 1


def test_a_copy_that_was_made_already_stays_the_only_one_when_its_source_is_gone(store: Store) -> None:
    wanted = request(store, store.put(BODY))
    first = store.objects.copy(wanted)
    store.objects.delete(STAGED, wanted.source.version)
    with suppress(Unavailable):  # S3 does not say which of the two it looks at first
        assert store.objects.copy(wanted) == first
    assert [version for version, _, _ in store.inspect_key(STORED)] == [first.version]


def test_a_copy_of_another_version_with_the_same_bytes_is_something_else(store: Store) -> None:
    store.objects.copy(request(store, store.put(BODY)))
    with pytest.raises(IntegrityError):
        store.objects.copy(request(store, store.put(BODY)))
    assert len(store.inspect_key(STORED)) == 1


def test_a_target_that_holds_something_else_stays_as_it_is(store: Store) -> None:
    store.put(b"something else", STORED)
    with pytest.raises(IntegrityError):
        store.objects.copy(request(store, store.put(BODY)))
    assert [body for _, body, _ in store.inspect_key(STORED)] == [b"something else"]


def test_a_source_that_is_not_what_was_inspected_is_not_copied(store: Store) -> None:
    wanted = request(store, store.put(BODY))
    with pytest.raises(IntegrityError):
        store.objects.copy(replace(wanted, source=replace(wanted.source, etag='"another"')))
    assert store.inspect_key(STORED) == []


def test_a_source_that_has_vanished_is_not_copied(store: Store) -> None:
    wanted = request(store, store.put(BODY))
    store.put(b"a later version")
    store.objects.delete(STAGED, wanted.source.version)
    with pytest.raises(AirlockError):
        store.objects.copy(wanted)
    assert store.inspect_key(STORED) == []


def test_a_delete_is_of_one_version_and_for_good(store: Store) -> None:
    first, second = store.put(BODY), store.put(b"another")
    store.objects.delete(STAGED, first)
    assert [version for version, _, _ in store.inspect_key(STAGED)] == [second]
    assert store.objects.head(STAGED, second) is not None


def test_a_delete_of_what_is_gone_is_no_error(store: Store) -> None:
    version = store.put(BODY)
    store.objects.delete(STAGED, version)
    store.objects.delete(STAGED, version)
    assert store.inspect_key(STAGED) == []


LARGE = b"a" * (5 * MIB) + b"b" * 10
"""Two parts, as small as S3 takes them."""


def never() -> bool:
    return False


def after_parts(number: int) -> Callable[[], bool]:
    calls = count()
    return lambda: next(calls) >= number


def test_a_copy_in_parts_has_the_bytes_and_the_content_type_and_no_sha256(store: Store) -> None:
    wanted = request(store, store.put(LARGE))
    copied = store.objects.continue_copy(wanted, store.objects.start_copy(wanted), never)
    assert copied is not None
    assert (copied.size, copied.sha256) == (len(LARGE), None)
    assert store.inspect_key(STORED) == [(copied.version, LARGE, "image/png")]


def test_a_copy_in_parts_that_runs_out_of_time_goes_on_later(store: Store) -> None:
    wanted = request(store, store.put(LARGE))
    upload_id = store.objects.start_copy(wanted)
    assert store.objects.continue_copy(wanted, upload_id, after_parts(0)) is None
    assert store.objects.continue_copy(wanted, upload_id, after_parts(1)) is None
    assert store.inspect_key(STORED) == []
    assert store.objects.continue_copy(wanted, upload_id, after_parts(1)) is not None
    assert [body for _, body, _ in store.inspect_key(STORED)] == [LARGE]


def test_a_copy_in_parts_that_is_done_is_found_and_not_made_twice(store: Store) -> None:
    wanted = request(store, store.put(LARGE))
    upload_id = store.objects.start_copy(wanted)
    first = store.objects.continue_copy(wanted, upload_id, never)
    assert store.objects.continue_copy(wanted, upload_id, never) == first
    assert len(store.inspect_key(STORED)) == 1


def test_of_two_copies_in_parts_the_second_finds_the_first(store: Store) -> None:
    wanted = request(store, store.put(LARGE))
    one, other = store.objects.start_copy(wanted), store.objects.start_copy(wanted)
    first = store.objects.continue_copy(wanted, one, never)
    assert store.objects.continue_copy(wanted, other, never) == first
    assert len(store.inspect_key(STORED)) == 1


def test_a_copy_in_parts_that_somebody_aborted_has_to_begin_again(store: Store) -> None:
    wanted = request(store, store.put(LARGE))
    with pytest.raises(NoSuchUpload):
        store.objects.continue_copy(wanted, "an-upload-that-is-gone", never)
    assert store.inspect_key(STORED) == []


def test_a_copy_in_parts_leaves_a_target_that_holds_something_else(store: Store) -> None:
    store.put(b"something else", STORED)
    wanted = request(store, store.put(LARGE))
    upload_id = store.objects.start_copy(wanted)
    with pytest.raises(IntegrityError):
        store.objects.continue_copy(wanted, upload_id, never)
    assert [body for _, body, _ in store.inspect_key(STORED)] == [b"something else"]


def test_a_copy_in_parts_is_of_what_was_inspected(store: Store) -> None:
    wanted = request(store, store.put(LARGE))
    other = replace(wanted, source=replace(wanted.source, etag='"another"'))
    with pytest.raises(IntegrityError):
        store.objects.continue_copy(other, store.objects.start_copy(other), never)
    assert store.inspect_key(STORED) == []


def test_a_copy_in_parts_of_what_has_vanished_is_not_made(store: Store) -> None:
    wanted = request(store, store.put(LARGE))
    upload_id = store.objects.start_copy(wanted)
    store.put(LARGE)
    store.objects.delete(STAGED, wanted.source.version)
    with pytest.raises(Unavailable):
        store.objects.continue_copy(wanted, upload_id, never)
    assert store.inspect_key(STORED) == []

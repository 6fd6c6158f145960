"""What `MultipartStore` and `BucketInventory` promise, held by S3 and by the fakes that the use cases are tested on."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.adapters.s3.inventory import S3BucketInventory
from functions.adapters.s3.multipart import S3MultipartStore
from functions.domain.parts import MIB
from functions.domain.storage import BucketInventory, InvalidParts, MultipartStore, NoSuchUpload
from tests.adapters.conftest import Bucket
from tests.fake_multipart import InMemoryMultipartStore, InMemoryShelves

KEY, OTHER = "staging/a b/ü+1", "staging/a b/ü+12"
FIRST, LAST = b"a" * (5 * MIB), b"b" * 10
SIZE = len(FIRST) + len(LAST)


@dataclass(frozen=True)
class Store:
    """The ports, and the side that they have not: a client that puts parts and objects."""

    multipart: MultipartStore
    inventory: BucketInventory
    behind: InMemoryMultipartStore | Bucket

    def put_part(self, upload_id: str, number: int, body: bytes) -> None:
        if isinstance(self.behind, InMemoryMultipartStore):
            return self.behind.put_part(KEY, upload_id, number, body)
        put = self.behind.client.upload_part
        put(Bucket=self.behind.name, Key=KEY, UploadId=upload_id, PartNumber=number, Body=body)
        return None

    def put(self, key: str, body: bytes = b"x") -> str:
        if isinstance(self.behind, InMemoryMultipartStore):
            return self.behind.objects.put(key, body)
        return self.behind.client.put_object(Bucket=self.behind.name, Key=key, Body=body)["VersionId"]

    def inspect_key(self, key: str) -> list[tuple[bytes, str]]:
        """(body, content type) of every version."""
        if isinstance(self.behind, InMemoryMultipartStore):
            return [(held.body, held.content_type) for held in self.behind.objects.keys.get(key, {}).values()]
        client, bucket = self.behind.client, self.behind.name
        listed = client.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
        answers = [
            client.get_object(Bucket=bucket, Key=key, VersionId=entry["VersionId"]) for entry in listed
        ]
        return [(answer["Body"].read(), answer["ContentType"]) for answer in answers]


@pytest.fixture(params=["in memory", "in S3"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "in memory":
        fake = InMemoryMultipartStore()
        return Store(fake, InMemoryShelves(fake), fake)
    bucket: Bucket = request.getfixturevalue("bucket")
    return Store(
        S3MultipartStore(bucket.client, bucket.name), S3BucketInventory(bucket.client, bucket.name), bucket
    )


def begun(store: Store, *bodies: bytes) -> str:
    upload_id = store.multipart.create(KEY, "image/png", part_checksums=False)
    for number, body in enumerate(bodies, 1):
        store.put_part(upload_id, number, body)
    return upload_id


def complete(store: Store, upload_id: str) -> None:
    parts = store.multipart.parts(KEY, upload_id)
    store.multipart.complete(KEY, upload_id, parts, size=SIZE, crc64nvme=None)


def test_a_new_upload_holds_no_parts(store: Store) -> None:
    assert list(store.multipart.parts(KEY, begun(store))) == []


def test_the_parts_are_listed_in_the_order_of_their_numbers(store: Store) -> None:
    upload_id = begun(store)
    for number, body in ((10, b"ten"), (2, b"two!"), (1, b"1")):
        store.put_part(upload_id, number, body)
    held = store.multipart.parts(KEY, upload_id)
    assert [(part.part_number, part.size) for part in held] == [(1, 1), (2, 4), (10, 3)]


def test_a_part_that_is_sent_again_counts_once_as_it_was_sent_last(store: Store) -> None:
    upload_id = begun(store, b"first", b"second")
    store.put_part(upload_id, 1, b"again!")
    assert [part.size for part in store.multipart.parts(KEY, upload_id)] == [6, 6]


def test_what_is_complete_is_one_object_of_the_declared_type(store: Store) -> None:
    complete(store, begun(store, FIRST, LAST))
    assert store.inspect_key(KEY) == [(FIRST + LAST, "image/png")]


def test_what_is_complete_is_no_upload_any_more(store: Store) -> None:
    upload_id = begun(store, FIRST, LAST)
    complete(store, upload_id)
    with pytest.raises(NoSuchUpload):
        store.multipart.parts(KEY, upload_id)
    assert list(store.inventory.uploads("staging/")) == []


def test_a_key_that_holds_an_object_gets_no_second_version(store: Store) -> None:
    store.put(KEY, b"came first")
    complete(store, begun(store, FIRST, LAST))
    assert [body for body, _ in store.inspect_key(KEY)] == [b"came first"]


def test_parts_that_s3_does_not_hold_are_refused(store: Store) -> None:
    upload_id = begun(store, FIRST, LAST)
    first, last = store.multipart.parts(KEY, upload_id)
    changed = [first, replace(last, etag='"00000000000000000000000000000000"')]
    with pytest.raises(InvalidParts):
        store.multipart.complete(KEY, upload_id, changed, size=SIZE, crc64nvme=None)
    assert store.inspect_key(KEY) == []
    assert len(store.multipart.parts(KEY, upload_id)) == 2


def test_an_aborted_upload_is_gone_with_its_parts(store: Store) -> None:
    upload_id = begun(store, FIRST, LAST)
    store.multipart.abort(KEY, upload_id)
    with pytest.raises(NoSuchUpload):
        store.multipart.parts(KEY, upload_id)
    assert list(store.inventory.uploads("staging/")) == []
    assert store.inspect_key(KEY) == []


def test_an_abort_of_what_is_gone_is_no_error(store: Store) -> None:
    upload_id = begun(store)
    store.multipart.abort(KEY, upload_id)
    store.multipart.abort(KEY, upload_id)


def test_open_uploads_of_staging_are_listed_and_no_others(store: Store) -> None:
    upload_id = begun(store, b"x")
    store.multipart.create("documents/k", "image/png", part_checksums=False)
    assert [(entry.key, entry.upload_id) for entry in store.inventory.uploads("staging/")] == [
        (KEY, upload_id)
    ]


def test_every_version_of_staging_is_listed_and_nothing_else(store: Store) -> None:
    versions = {(KEY, store.put(KEY)), (KEY, store.put(KEY)), (OTHER, store.put(OTHER))}
    store.put("documents/k")
    store.put("staging2/k")
    assert {(entry.key, entry.version) for entry in store.inventory.versions("staging/")} == versions


def test_the_versions_of_one_key_are_listed_newest_first(store: Store) -> None:
    first, second = store.put("documents/k"), store.put("documents/k")
    assert [entry.version for entry in store.inventory.versions("documents/k")] == [second, first]


def test_a_version_tells_when_it_came(store: Store) -> None:
    store.put(KEY)
    [entry] = store.inventory.versions(KEY)
    assert abs(datetime.now(UTC) - entry.last_modified) < timedelta(minutes=5)


def test_what_is_deleted_from_staging_is_gone_for_good(store: Store) -> None:
    first, second = store.put(KEY), store.put(KEY)
    store.inventory.delete(KEY, first)
    store.inventory.delete(KEY, first)
    assert [entry.version for entry in store.inventory.versions("staging/")] == [second]

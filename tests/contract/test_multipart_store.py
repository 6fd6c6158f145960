"""The contract of `MultipartStore`, in S3 and in memory."""

from dataclasses import replace

import pytest

from functions.domain.parts import MIB
from functions.domain.storage import InvalidParts, NoSuchUpload
from tests.contract.multipart import KEY, Store, memory_store, s3_store

FIRST, LAST = b"a" * (5 * MIB), b"b" * 10
SIZE = len(FIRST) + len(LAST)


@pytest.fixture(params=["in memory", "in S3"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "in memory":
        return memory_store()
    return s3_store(request.getfixturevalue("bucket"))


def create_upload(store: Store, *bodies: bytes) -> str:
    upload_id = store.multipart.create(KEY, "image/png", part_checksums=False)
    for number, body in enumerate(bodies, 1):
        store.put_part(upload_id, number, body)
    return upload_id


def complete(store: Store, upload_id: str) -> None:
    parts = store.multipart.parts(KEY, upload_id)
    store.multipart.complete(KEY, upload_id, parts, size=SIZE, crc64nvme=None)


def test_a_new_upload_has_no_parts(store: Store) -> None:
    assert list(store.multipart.parts(KEY, create_upload(store))) == []


def test_an_upload_has_parts_from_the_first_one_until_it_ends(store: Store) -> None:
    upload_id = create_upload(store)
    assert not store.multipart.has_parts(KEY, upload_id)
    store.put_part(upload_id, 2, LAST)
    assert store.multipart.has_parts(KEY, upload_id)
    store.put_part(upload_id, 1, FIRST)
    complete(store, upload_id)
    assert not store.multipart.has_parts(KEY, upload_id)


def test_the_parts_are_listed_in_the_order_of_their_numbers(store: Store) -> None:
    upload_id = create_upload(store)
    for number, body in ((10, b"ten"), (2, b"two!"), (1, b"1")):
        store.put_part(upload_id, number, body)
    parts = store.multipart.parts(KEY, upload_id)
    assert [(part.part_number, part.size) for part in parts] == [(1, 1), (2, 4), (10, 3)]


def test_a_part_that_is_uploaded_again_replaces_the_first(store: Store) -> None:
    upload_id = create_upload(store, b"first", b"second")
    store.put_part(upload_id, 1, b"again!")
    assert [part.size for part in store.multipart.parts(KEY, upload_id)] == [6, 6]


def test_a_completed_upload_is_one_object_of_the_declared_type(store: Store) -> None:
    complete(store, create_upload(store, FIRST, LAST))
    assert store.read_versions(KEY) == [(FIRST + LAST, "image/png")]


def test_a_completed_upload_no_longer_exists(store: Store) -> None:
    upload_id = create_upload(store, FIRST, LAST)
    complete(store, upload_id)
    with pytest.raises(NoSuchUpload):
        store.multipart.parts(KEY, upload_id)
    assert list(store.inventory.uploads("staging/")) == []


def test_completing_creates_no_second_version_of_a_key(store: Store) -> None:
    store.put(KEY, b"the first object")
    complete(store, create_upload(store, FIRST, LAST))
    assert [body for body, _ in store.read_versions(KEY)] == [b"the first object"]


def test_parts_that_were_not_uploaded_are_rejected(store: Store) -> None:
    upload_id = create_upload(store, FIRST, LAST)
    first, last = store.multipart.parts(KEY, upload_id)
    changed = [first, replace(last, etag='"00000000000000000000000000000000"')]
    with pytest.raises(InvalidParts):
        store.multipart.complete(KEY, upload_id, changed, size=SIZE, crc64nvme=None)
    assert store.read_versions(KEY) == []
    assert len(store.multipart.parts(KEY, upload_id)) == 2


def test_an_aborted_upload_no_longer_exists(store: Store) -> None:
    upload_id = create_upload(store, FIRST, LAST)
    store.multipart.abort(KEY, upload_id)
    with pytest.raises(NoSuchUpload):
        store.multipart.parts(KEY, upload_id)
    assert list(store.inventory.uploads("staging/")) == []
    assert store.read_versions(KEY) == []


def test_an_abort_is_idempotent(store: Store) -> None:
    upload_id = create_upload(store)
    store.multipart.abort(KEY, upload_id)
    store.multipart.abort(KEY, upload_id)

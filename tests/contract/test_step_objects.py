"""The contract of `StepObjects`, in S3 and in memory."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from functions.adapters.s3.step_objects import S3StepObjects
from functions.domain.errors import Unavailable
from functions.domain.storage import StepObjects
from tests.fake_step_objects import InMemoryStepObjects
from tests.moto_account import Bucket

STAGED, RENDITION = "staging/a b/ü+1", "renditions/a/b/image/small"
BODY = bytes(range(256)) * 8_192
"""More than the piece that is copied at once."""


@dataclass(frozen=True)
class Store:
    """A store under test, with the operations of clients: `put` stores a staged object and returns its version."""

    objects: StepObjects
    put: Callable[[bytes], str]
    delete: Callable[[str], object]
    read_rendition: Callable[[str], tuple[bytes, str]]


@pytest.fixture(params=["in memory", "in S3"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "in memory":
        return in_memory()
    bucket: Bucket = request.getfixturevalue("bucket")
    return in_s3(bucket)


def in_memory() -> Store:
    objects = InMemoryStepObjects()
    store = objects.store

    def read_rendition(version: str) -> tuple[bytes, str]:
        held = store.keys[RENDITION][version]
        return held.body, held.content_type

    return Store(
        objects,
        put=lambda body: store.put(STAGED, body),
        delete=lambda version: store.delete(STAGED, version),
        read_rendition=read_rendition,
    )


def in_s3(bucket: Bucket) -> Store:
    client, name = bucket.client, bucket.name

    def read_rendition(version: str) -> tuple[bytes, str]:
        stored = client.get_object(Bucket=name, Key=RENDITION, VersionId=version)
        return stored["Body"].read(), stored["ContentType"]

    return Store(
        S3StepObjects(client, name),
        put=lambda body: client.put_object(Bucket=name, Key=STAGED, Body=body)["VersionId"],
        delete=lambda version: client.delete_object(Bucket=name, Key=STAGED, VersionId=version),
        read_rendition=read_rendition,
    )


def test_a_version_exists_until_it_is_deleted(store: Store) -> None:
    first, second = store.put(BODY), store.put(b"another")
    store.delete(first)
    assert [store.objects.exists(STAGED, version) for version in (first, second)] == [False, True]


def test_a_download_and_a_read_are_of_exactly_this_version(store: Store, tmp_path: Path) -> None:
    first = store.put(BODY)
    store.put(b"another")
    store.objects.download(STAGED, first, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == BODY
    assert store.objects.read(STAGED, first, 3, 4) == BODY[3:7]


def test_a_version_that_is_gone_is_unavailable(store: Store, tmp_path: Path) -> None:
    version = store.put(BODY)
    store.delete(version)
    with pytest.raises(Unavailable):
        store.objects.download(STAGED, version, tmp_path / "file")
    with pytest.raises(Unavailable):
        store.objects.read(STAGED, version, 0, 1)


def test_a_rendition_has_its_bytes_and_its_content_type_and_a_version_of_its_own(
    store: Store, tmp_path: Path
) -> None:
    versions = [put_rendition(store, tmp_path / "small", body) for body in (BODY, b"")]
    assert [store.read_rendition(version) for version in versions] == [
        (BODY, "image/webp"),
        (b"", "image/webp"),
    ]


def put_rendition(store: Store, path: Path, body: bytes) -> str:
    path.write_bytes(body)
    return store.objects.put(RENDITION, path, "image/webp", hashlib.sha256(body).hexdigest())

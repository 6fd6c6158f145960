"""The contract of `BucketInventory`, in S3 and in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from functions.domain.storage import version_exists
from tests.contract.multipart import KEY, Store, memory_store, s3_store

OTHER = "staging/a b/ü+12"


@pytest.fixture(params=["in memory", "in S3"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "in memory":
        return memory_store()
    return s3_store(request.getfixturevalue("bucket"))


def test_only_uploads_below_the_prefix_are_listed(store: Store) -> None:
    upload_id = store.multipart.create(KEY, "image/png", part_checksums=False)
    store.multipart.create("documents/k", "image/png", part_checksums=False)
    assert [(entry.key, entry.upload_id) for entry in store.inventory.uploads("staging/")] == [
        (KEY, upload_id)
    ]


def test_only_versions_below_the_prefix_are_listed(store: Store) -> None:
    versions = {(KEY, store.put(KEY)), (KEY, store.put(KEY)), (OTHER, store.put(OTHER))}
    store.put("documents/k")
    store.put("staging2/k")
    assert {(entry.key, entry.version) for entry in store.inventory.versions("staging/")} == versions


def test_the_versions_of_one_key_are_listed_newest_first(store: Store) -> None:
    first, second = store.put("documents/k"), store.put("documents/k")
    assert [entry.version for entry in store.inventory.versions("documents/k")] == [second, first]


def test_a_version_has_the_time_of_its_upload(store: Store) -> None:
    store.put(KEY)
    [entry] = store.inventory.versions(KEY)
    assert abs(datetime.now(UTC) - entry.last_modified) < timedelta(minutes=5)


def list_versions(store: Store) -> set[str]:
    return {entry.version for entry in store.inventory.versions("staging/")}


def test_deleted_versions_no_longer_exist(store: Store) -> None:
    kept = store.put(KEY)
    deleted = {store.put(KEY), store.put(OTHER)}
    entries = [entry for entry in store.inventory.versions("staging/") if entry.version in deleted]
    assert len(entries) == 2
    store.inventory.delete(entries)
    assert list_versions(store) == {kept}


def test_a_delete_is_idempotent(store: Store) -> None:
    store.put(KEY)
    entries = [*store.inventory.versions(KEY)]
    store.inventory.delete(entries)
    kept = store.put(KEY)
    store.inventory.delete(entries)
    assert list_versions(store) == {kept}


def test_nothing_to_delete_is_no_error(store: Store) -> None:
    kept = store.put(KEY)
    store.inventory.delete([])
    assert list_versions(store) == {kept}


def test_a_thousand_versions_are_deleted_at_once(store: Store) -> None:
    """Most of them do not exist, which is as good as deleted."""
    store.put(KEY)
    [entry] = store.inventory.versions(KEY)
    missing = [replace(entry, key=f"staging/{number}", version="v1") for number in range(999)]
    store.inventory.delete([*missing, entry])
    assert list_versions(store) == set()


def test_more_than_a_thousand_versions_are_an_error(store: Store) -> None:
    store.put(KEY)
    [entry] = store.inventory.versions(KEY)
    with pytest.raises((ClientError, AssertionError)):
        store.inventory.delete([entry] * 1_001)
    assert list_versions(store) == {entry.version}


def test_a_version_exists_until_it_is_deleted(store: Store) -> None:
    store.put(KEY)
    store.put(f"{KEY}0")
    [entry, longer] = store.inventory.versions(KEY)
    store.put(KEY)
    assert version_exists(store.inventory, entry)
    assert not version_exists(store.inventory, replace(entry, version=longer.version))
    store.inventory.delete([entry])
    assert not version_exists(store.inventory, entry)


def test_a_listing_of_one_page_has_no_cursor(store: Store) -> None:
    version = store.put(KEY)
    page = store.inventory.list_versions("staging/")
    assert ([entry.version for entry in page.entries], page.cursor) == ([version], None)
    assert store.inventory.list_uploads("staging/").cursor is None


def test_a_listing_is_continued_behind_a_page_that_is_full(store: Store) -> None:
    """Two versions of most keys, so that a page may end between two versions of one key."""
    keys = [f"staging/{number:04}" for number in range(501)]
    versions = {store.put(key) for key in keys for _ in range(2)}
    first = store.inventory.list_versions("staging/")
    assert len(first.entries) == 1_000
    second = store.inventory.list_versions("staging/", first.cursor)
    assert second.cursor is None
    found = [entry.version for entry in (*first.entries, *second.entries)]
    assert len(found) == len(versions)
    assert {*found} == versions

"""Errors and requests of S3BucketInventory. `tests/contract` tests its results."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.stub import Stubber

from functions.adapters.s3.inventory import S3BucketInventory
from functions.domain.errors import Unavailable
from functions.domain.storage import Listing, ObjectVersion
from tests.examples import NOW

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


VERSIONS = [ObjectVersion(f"staging/{number}", "v1", NOW) for number in range(3)]


@pytest.mark.parametrize("operation", ["list_object_versions", "list_multipart_uploads", "delete_objects"])
def test_a_temporary_error_is_unavailable(stubber: Stubber, operation: str) -> None:
    stubber.add_client_error(operation, "SlowDown")
    stubber.activate()
    inventory = S3BucketInventory(cast("S3Client", stubber.client), "a-bucket")
    calls: dict[str, Callable[[], object]] = {
        "list_object_versions": lambda: list(inventory.versions("staging/")),
        "list_multipart_uploads": lambda: list(inventory.uploads("staging/")),
        "delete_objects": lambda: inventory.delete(VERSIONS),
    }
    with pytest.raises(Unavailable):
        calls[operation]()


def test_versions_that_s3_does_not_delete_are_unavailable(stubber: Stubber) -> None:
    error = {"Key": "staging/1", "VersionId": "v1", "Code": "InternalError", "Message": "Try again."}
    targets = [{"Key": each.key, "VersionId": each.version} for each in VERSIONS]
    request = {"Bucket": "a-bucket", "Delete": {"Objects": targets, "Quiet": True}}
    stubber.add_response("delete_objects", {"Errors": [error]}, request)
    stubber.activate()
    with pytest.raises(Unavailable, match="1 of 3 versions: InternalError"):
        S3BucketInventory(cast("S3Client", stubber.client), "a-bucket").delete(VERSIONS)


def test_a_delete_of_nothing_sends_no_request(stubber: Stubber) -> None:
    stubber.activate()
    S3BucketInventory(cast("S3Client", stubber.client), "a-bucket").delete([])


def test_a_delete_marker_is_listed_as_such(stubber: Stubber) -> None:
    marker = {"Key": "staging/k", "VersionId": "m1", "LastModified": NOW}
    stubber.add_response("list_object_versions", {"DeleteMarkers": [marker], "IsTruncated": False})
    stubber.activate()
    [version] = S3BucketInventory(cast("S3Client", stubber.client), "a-bucket").versions("staging/")
    assert (version.key, version.version, version.is_marker) == ("staging/k", "m1", True)


PAGES: dict[str, tuple[str, str]] = {
    "list_object_versions": ("NextVersionIdMarker", "VersionIdMarker"),
    "list_multipart_uploads": ("NextUploadIdMarker", "UploadIdMarker"),
}


@pytest.mark.parametrize("operation", PAGES)
def test_a_listing_continues_at_both_markers(stubber: Stubber, operation: str) -> None:
    next_marker, marker = PAGES[operation]
    request = {"Bucket": "a-bucket", "Prefix": "staging/"}
    stubber.add_response(operation, {"IsTruncated": True, "NextKeyMarker": "k", next_marker: "m"}, request)
    stubber.add_response(operation, {"IsTruncated": False}, request | {"KeyMarker": "k", marker: "m"})
    stubber.activate()
    inventory = S3BucketInventory(cast("S3Client", stubber.client), "a-bucket")
    listing: dict[str, Callable[..., Listing[Any]]] = {
        "list_object_versions": inventory.list_versions,
        "list_multipart_uploads": inventory.list_uploads,
    }
    first = listing[operation]("staging/")
    assert listing[operation]("staging/", first.cursor).cursor is None

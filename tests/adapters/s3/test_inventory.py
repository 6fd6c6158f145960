"""The listings of S3BucketInventory. `tests/contract` tests their order and prefixes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest
from botocore.stub import Stubber

from functions.adapters.s3.inventory import S3BucketInventory
from functions.domain.errors import Unavailable
from tests.examples import NOW

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.mark.parametrize("operation", ["list_object_versions", "list_multipart_uploads"])
def test_a_temporary_error_of_a_listing_is_unavailable(stubber: Stubber, operation: str) -> None:
    stubber.add_client_error(operation, "SlowDown")
    stubber.activate()
    inventory = S3BucketInventory(cast("S3Client", stubber.client), "a-bucket")
    listings: dict[str, Callable[[], object]] = {
        "list_object_versions": lambda: list(inventory.versions("staging/")),
        "list_multipart_uploads": lambda: list(inventory.uploads("staging/")),
    }
    with pytest.raises(Unavailable):
        listings[operation]()


def test_a_delete_marker_is_listed_as_such(stubber: Stubber) -> None:
    marker = {"Key": "staging/k", "VersionId": "m1", "LastModified": NOW}
    stubber.add_response("list_object_versions", {"DeleteMarkers": [marker], "IsTruncated": False})
    stubber.activate()
    [version] = S3BucketInventory(cast("S3Client", stubber.client), "a-bucket").versions("staging/")
    assert (version.key, version.version, version.is_marker) == ("staging/k", "m1", True)

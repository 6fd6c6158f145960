"""The requests of S3ObjectStore, and its translation of errors. `tests/contract` tests its results."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from functions.adapters.s3.objects import S3ObjectStore
from functions.domain.errors import IntegrityError, Unavailable
from functions.domain.storage import CopyRequest, StoredObject
from tests.adapters.s3.recorded_requests import record_requests
from tests.moto_account import Bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


SOURCE = StoredObject("v1", 5, '"etag"')
REQUEST = CopyRequest("staging/k", SOURCE, "documents/k", "image/png")
CALLS: dict[str, tuple[str, Callable[[S3ObjectStore], object]]] = {
    "open": ("get_object", lambda objects: objects.open("staging/k", "v1", 5)),
    "head": ("head_object", lambda objects: objects.head("staging/k", "v1")),
    "read": ("get_object", lambda objects: objects.read("staging/k", "v1", 0, 5)),
    "copy": ("copy_object", lambda objects: objects.copy(REQUEST)),
    "start a copy": ("create_multipart_upload", lambda objects: objects.start_copy(REQUEST)),
    "continue a copy": ("list_parts", lambda objects: objects.continue_copy(REQUEST, "u1", lambda: False)),
    "delete": ("delete_object", lambda objects: objects.delete("staging/k", "v1")),
}
each_call = pytest.mark.parametrize(("operation", "call"), CALLS.values(), ids=CALLS)


def create_store(stubber: Stubber) -> S3ObjectStore:
    stubber.activate()
    return S3ObjectStore(cast("S3Client", stubber.client), "a-bucket")


def put_staged_object(bucket: Bucket, **headers: Any) -> StoredObject:
    put = bucket.client.put_object(Bucket=bucket.name, Key="staging/k", Body=b"12345", **headers)
    stored = S3ObjectStore(bucket.client, bucket.name).head("staging/k", put["VersionId"])
    assert stored is not None
    return stored


def test_a_copy_is_pinned_and_conditional_and_drops_metadata(bucket: Bucket) -> None:
    source = put_staged_object(bucket)
    with record_requests(bucket) as requests:
        copied = S3ObjectStore(bucket.client, bucket.name).copy(
            CopyRequest("staging/k", source, "documents/k", "image/png")
        )
    assert requests == [
        (
            "CopyObject",
            {
                "Bucket": bucket.name,
                "Key": "documents/k",
                "CopySource": f"{bucket.name}/staging/k?versionId={source.version}",
                "CopySourceIfMatch": source.etag,
                "IfNoneMatch": "*",
                "MetadataDirective": "REPLACE",
                "TaggingDirective": "REPLACE",
                "ContentType": "image/png",
                "Metadata": {"source-version": source.version},
                "ChecksumAlgorithm": "SHA256",
            },
        ),
    ]
    assert copied == S3ObjectStore(bucket.client, bucket.name).head("documents/k", copied.version)


def test_a_copy_without_a_sha256_in_the_response_is_read_with_head(stubber: Stubber) -> None:
    source = StoredObject("v1", 5, '"e"')
    stubber.add_response("copy_object", {"VersionId": "v2", "CopyObjectResult": {"ETag": '"e"'}})
    head = {"VersionId": "v2", "ContentLength": 5, "ETag": '"e"', "ChecksumSHA256": "AAAA"}
    stubber.add_response("head_object", head)
    copied = create_store(stubber).copy(CopyRequest("staging/k", source, "documents/k", "image/png"))
    assert copied == StoredObject("v2", 5, '"e"', "000000")


def test_metadata_and_tags_of_the_client_do_not_reach_the_document(bucket: Bucket) -> None:
    source = put_staged_object(
        bucket,
        ContentType="text/html",
        ContentEncoding="gzip",
        ContentDisposition="inline",
        CacheControl="public",
        ContentLanguage="en",
        Metadata={"a": "b"},
        Tagging="a=b",
    )
    S3ObjectStore(bucket.client, bucket.name).copy(
        CopyRequest("staging/k", source, "documents/k", "image/png")
    )
    stored = bucket.client.head_object(Bucket=bucket.name, Key="documents/k")
    assert stored["ContentType"] == "image/png"
    assert stored["Metadata"] == {"source-version": source.version}
    assert not {"ContentEncoding", "ContentDisposition", "CacheControl", "ContentLanguage"} & stored.keys()
    assert bucket.client.get_object_tagging(Bucket=bucket.name, Key="documents/k")["TagSet"] == []


def test_open_head_read_and_delete_name_the_version(bucket: Bucket) -> None:
    source = put_staged_object(bucket)
    objects = S3ObjectStore(bucket.client, bucket.name)
    with record_requests(bucket) as requests:
        objects.open("staging/k", source.version, 4)
        objects.head("staging/k", source.version)
        objects.read("staging/k", source.version, 2, 3)
        objects.delete("staging/k", source.version)
    pinned = {"Bucket": bucket.name, "Key": "staging/k", "VersionId": source.version}
    assert requests == [
        ("GetObject", pinned | {"Range": "bytes=0-3"}),
        ("HeadObject", pinned | {"ChecksumMode": "ENABLED"}),
        ("GetObject", pinned | {"Range": "bytes=2-4"}),
        ("DeleteObject", pinned),
    ]


@each_call
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("SlowDown", 503),
        ("ServiceUnavailable", 503),
        ("InternalError", 500),
        ("RequestTimeout", 400),
        ("ConditionalRequestConflict", 409),
        ("KMS.ThrottlingException", 400),
        ("AccessDenied", 403),
        ("503", 503),
        ("500", 500),
    ],
)
def test_a_fault_of_aws_is_unavailable(
    stubber: Stubber, operation: str, call: Callable[[S3ObjectStore], object], code: str, status: int
) -> None:
    stubber.add_client_error(operation, code, http_status_code=status)
    with pytest.raises(Unavailable) as error:
        call(create_store(stubber))
    assert (error.value.code, error.value.retry_after) == ("storage_unavailable", 1)


@each_call
@pytest.mark.parametrize("code", ["NoSuchBucket", "InvalidRequest"])
def test_a_permanent_error_of_s3_is_raised(
    stubber: Stubber, operation: str, call: Callable[[S3ObjectStore], object], code: str
) -> None:
    stubber.add_client_error(operation, code)
    with pytest.raises(ClientError):
        call(create_store(stubber))


@each_call
@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="http://x"), ReadTimeoutError(endpoint_url="http://x")]
)
def test_an_s3_that_cannot_be_reached_is_unavailable(
    stubber: Stubber, operation: str, call: Callable[[S3ObjectStore], object], error: Exception
) -> None:
    def fail(**_: object) -> None:
        raise error

    stubber.client.meta.events.register("before-call.s3", fail)
    with pytest.raises(Unavailable):
        call(S3ObjectStore(cast("S3Client", stubber.client), "a-bucket"))


@pytest.mark.parametrize("code", ["404", "405", "NoSuchKey", "NoSuchVersion"])
def test_a_head_of_a_missing_version_or_a_delete_marker_is_none(stubber: Stubber, code: str) -> None:
    stubber.add_client_error("head_object", code)
    assert create_store(stubber).head("staging/k", "v1") is None


@pytest.mark.parametrize("code", ["NoSuchVersion", "MethodNotAllowed"])
def test_a_missing_version_or_a_delete_marker_cannot_be_opened(stubber: Stubber, code: str) -> None:
    stubber.add_client_error("get_object", code)
    assert create_store(stubber).open("staging/k", "v1", 4) is None


def test_a_composite_checksum_is_not_the_sha256_of_the_object(stubber: Stubber) -> None:
    head = {"VersionId": "v1", "ContentLength": 5, "ETag": '"etag"'}
    stubber.add_response("head_object", head | {"ChecksumSHA256": "AAECAwQFBgcICQoLDA0ODw==-3"})
    stubber.add_response("head_object", head | {"ChecksumSHA256": "AAEC"})
    objects = create_store(stubber)
    assert objects.head("staging/k", "v1") == SOURCE
    whole = objects.head("staging/k", "v1")
    assert whole is not None
    assert whole.sha256 == "000102"


def test_a_copy_without_its_version_is_an_integrity_error(stubber: Stubber) -> None:
    stubber.add_response("copy_object", {"VersionId": "d1"})
    stubber.add_client_error("head_object", "404")
    with pytest.raises(IntegrityError):
        create_store(stubber).copy(REQUEST)


def test_a_failed_precondition_without_a_target_is_an_integrity_error(stubber: Stubber) -> None:
    """Without a target, the failed precondition is that of the source, which is not the inspected one."""
    stubber.add_client_error("copy_object", "PreconditionFailed")
    stubber.add_client_error("head_object", "404")
    with pytest.raises(IntegrityError):
        create_store(stubber).copy(REQUEST)

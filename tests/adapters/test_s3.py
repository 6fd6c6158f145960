"""What only S3 has: the parameters of each request, and its errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from functions.adapters.s3.objects import S3ObjectStore
from functions.domain.errors import IntegrityError, Unavailable
from functions.domain.parts import MIB
from functions.domain.storage import CopyRequest, StoredObject
from tests.adapters.conftest import REGION, Bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SOURCE = StoredObject("v1", 5, '"etag"')
ORDER = CopyRequest("staging/k", SOURCE, "documents/k", "image/png")
CALLS: dict[str, tuple[str, Callable[[S3ObjectStore], object]]] = {
    "open": ("get_object", lambda objects: objects.open("staging/k", "v1", 5)),
    "head": ("head_object", lambda objects: objects.head("staging/k", "v1")),
    "read": ("get_object", lambda objects: objects.read("staging/k", "v1", 0, 5)),
    "copy": ("copy_object", lambda objects: objects.copy(ORDER)),
    "start a copy": ("create_multipart_upload", lambda objects: objects.start_copy(ORDER)),
    "continue a copy": ("list_parts", lambda objects: objects.continue_copy(ORDER, "u1", lambda: False)),
    "delete": ("delete_object", lambda objects: objects.delete("staging/k", "v1")),
}
each_call = pytest.mark.parametrize(("operation", "call"), CALLS.values(), ids=CALLS)


@pytest.fixture
def stubber() -> Stubber:
    """Of a client that reaches nothing, and that does not retry by itself."""
    client = boto3.client("s3", region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")
    return Stubber(client)


def stubbed(stubber: Stubber) -> S3ObjectStore:
    stubber.activate()
    return S3ObjectStore(cast("S3Client", stubber.client), "a-bucket")


@contextmanager
def requests(bucket: Bucket) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """(operation, parameters) of each request that is made meanwhile."""
    seen: list[tuple[str, dict[str, Any]]] = []

    def note(params: dict[str, Any], model: Any, **_: object) -> None:
        seen.append((model.name, dict(params)))

    bucket.client.meta.events.register_first("before-parameter-build.s3", note, unique_id="note")
    try:
        yield seen
    finally:
        bucket.client.meta.events.unregister("before-parameter-build.s3", unique_id="note")


def staged(bucket: Bucket, **headers: Any) -> StoredObject:
    put = bucket.client.put_object(Bucket=bucket.name, Key="staging/k", Body=b"12345", **headers)
    found = S3ObjectStore(bucket.client, bucket.name).head("staging/k", put["VersionId"])
    assert found is not None
    return found


def test_a_copy_is_pinned_conditional_and_takes_nothing_along(bucket: Bucket) -> None:
    source = staged(bucket)
    with requests(bucket) as seen:
        copied = S3ObjectStore(bucket.client, bucket.name).copy(
            CopyRequest("staging/k", source, "documents/k", "image/png")
        )
    assert seen == [
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


def test_a_copy_whose_hash_is_not_in_the_answer_is_looked_at(stubber: Stubber) -> None:
    source = StoredObject("v1", 5, '"e"')
    stubber.add_response("copy_object", {"VersionId": "v2", "CopyObjectResult": {"ETag": '"e"'}})
    head = {"VersionId": "v2", "ContentLength": 5, "ETag": '"e"', "ChecksumSHA256": "AAAA"}
    stubber.add_response("head_object", head)
    copied = stubbed(stubber).copy(CopyRequest("staging/k", source, "documents/k", "image/png"))
    assert copied == StoredObject("v2", 5, '"e"', "000000")


def test_nothing_that_a_client_may_have_added_reaches_the_document(bucket: Bucket) -> None:
    source = staged(
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
    source = staged(bucket)
    objects = S3ObjectStore(bucket.client, bucket.name)
    with requests(bucket) as seen:
        objects.open("staging/k", source.version, 4)
        objects.head("staging/k", source.version)
        objects.read("staging/k", source.version, 2, 3)
        objects.delete("staging/k", source.version)
    pinned = {"Bucket": bucket.name, "Key": "staging/k", "VersionId": source.version}
    assert seen == [
        ("GetObject", pinned | {"Range": "bytes=0-3"}),
        ("HeadObject", pinned | {"ChecksumMode": "ENABLED"}),
        ("GetObject", pinned | {"Range": "bytes=2-4"}),
        ("DeleteObject", pinned),
    ]


@each_call
@pytest.mark.parametrize(
    "code",
    [
        "SlowDown",
        "ServiceUnavailable",
        "InternalError",
        "RequestTimeout",
        "ConditionalRequestConflict",
        "503",
        "500",
    ],
)
def test_a_busy_s3_is_unavailable_for_a_moment(
    stubber: Stubber, operation: str, call: Callable[[S3ObjectStore], object], code: str
) -> None:
    stubber.add_client_error(operation, code)
    with pytest.raises(Unavailable) as error:
        call(stubbed(stubber))
    assert (error.value.code, error.value.retry_after) == ("storage_unavailable", 1)


@each_call
@pytest.mark.parametrize("code", ["AccessDenied", "403", "NoSuchBucket", "InvalidRequest"])
def test_what_no_retry_mends_is_not_hidden(
    stubber: Stubber, operation: str, call: Callable[[S3ObjectStore], object], code: str
) -> None:
    stubber.add_client_error(operation, code)
    with pytest.raises(ClientError):
        call(stubbed(stubber))


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
def test_a_head_of_what_is_gone_or_of_a_delete_marker_is_none(stubber: Stubber, code: str) -> None:
    stubber.add_client_error("head_object", code)
    assert stubbed(stubber).head("staging/k", "v1") is None


@pytest.mark.parametrize("code", ["NoSuchVersion", "MethodNotAllowed"])
def test_what_is_gone_or_a_delete_marker_cannot_be_opened(stubber: Stubber, code: str) -> None:
    stubber.add_client_error("get_object", code)
    assert stubbed(stubber).open("staging/k", "v1", 4) is None


def test_a_hash_of_hashes_is_no_sha256_of_the_object(stubber: Stubber) -> None:
    head = {"VersionId": "v1", "ContentLength": 5, "ETag": '"etag"'}
    stubber.add_response("head_object", head | {"ChecksumSHA256": "AAECAwQFBgcICQoLDA0ODw==-3"})
    stubber.add_response("head_object", head | {"ChecksumSHA256": "AAEC"})
    objects = stubbed(stubber)
    assert objects.head("staging/k", "v1") == SOURCE
    whole = objects.head("staging/k", "v1")
    assert whole is not None
    assert whole.sha256 == "000102"


def test_a_copy_that_s3_announced_and_does_not_have_is_an_integrity_error(stubber: Stubber) -> None:
    stubber.add_response("copy_object", {"VersionId": "d1"})
    stubber.add_client_error("head_object", "404")
    with pytest.raises(IntegrityError):
        stubbed(stubber).copy(ORDER)


def test_a_precondition_that_fails_without_a_target_is_an_integrity_error(stubber: Stubber) -> None:
    """Then it was the source's: its bytes are not those that were inspected."""
    stubber.add_client_error("copy_object", "PreconditionFailed")
    stubber.add_client_error("head_object", "404")
    with pytest.raises(IntegrityError):
        stubbed(stubber).copy(ORDER)


def test_each_part_of_a_copy_is_pinned_and_its_end_is_conditional(bucket: Bucket) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key="staging/k", Body=b"x" * (5 * MIB + 3))
    objects = S3ObjectStore(bucket.client, bucket.name, copy_part_size=5 * MIB)
    [version] = bucket.client.list_object_versions(Bucket=bucket.name)["Versions"]
    source = objects.head("staging/k", version["VersionId"])
    assert source is not None
    request = CopyRequest("staging/k", source, "documents/k", "image/png")
    with requests(bucket) as seen:
        upload_id = objects.start_copy(request)
        objects.continue_copy(request, upload_id, lambda: False)
    (_, create), *parts, (_, complete), _ = [call for call in seen if call[0] != "ListParts"]
    target = {"Bucket": bucket.name, "Key": "documents/k"}
    assert create == target | {
        "ContentType": "image/png",
        "Metadata": {"source-version": source.version},
        "ChecksumAlgorithm": "CRC64NVME",
        "ChecksumType": "FULL_OBJECT",
    }
    pinned = {
        "UploadId": upload_id,
        "CopySource": f"{bucket.name}/staging/k?versionId={source.version}",
        "CopySourceIfMatch": source.etag,
    }
    spans = {1: "bytes=0-5242879", 2: "bytes=5242880-5242882"}
    assert sorted((call["PartNumber"], name) for name, call in parts) == [
        (1, "UploadPartCopy"),
        (2, "UploadPartCopy"),
    ]
    for _, call in parts:
        number = call["PartNumber"]
        assert call == target | pinned | {"PartNumber": number, "CopySourceRange": spans[number]}
    assert (
        complete.items() >= {"IfNoneMatch": "*", "MpuObjectSize": 5 * MIB + 3, "UploadId": upload_id}.items()
    )

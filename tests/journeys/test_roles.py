"""Least privilege: with the role of a function, what it needs is allowed and what it must never do is denied."""

from functools import partial
from typing import Any

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import goes_around_the_edge
from tests.journeys.files import png
from tests.journeys.roles import Roles, is_denied
from tests.journeys.storage import Storage


@pytest.fixture(scope="module")
def roles(stack: LocalStack) -> Roles:
    return Roles(stack)


@pytest.fixture(scope="module")
def keys(ada: ApiClient, storage: Storage) -> dict[str, str]:
    """The key of an object in each prefix."""
    promoted = ada.upload(png(), "a.png", "image/png")["id"]
    documents = storage.find_promoted(promoted)
    # A key that belongs to no record, so that no event of it is promoted.
    staged, rendition = "staging/for-the-roles-test", "renditions/for-the-roles-test"
    for key in (staged, rendition):
        storage.s3.put_object(Bucket=storage.bucket, Key=key, Body=b"x")
    return {"documents": documents, "staging": staged, "renditions": rendition}


def test_uploads_can_write_to_staging_and_read_no_object(
    stack: LocalStack, roles: Roles, keys: dict[str, str]
) -> None:
    s3 = roles.client("Uploads", "s3")
    s3.put_object(Bucket=stack.bucket, Key="staging/x", Body=b"x")

    for key in keys.values():
        assert is_denied(partial(s3.get_object, Bucket=stack.bucket, Key=key))
    assert is_denied(lambda: s3.put_object(Bucket=stack.bucket, Key="documents/x", Body=b"x"))
    assert is_denied(
        lambda: s3.put_object_tagging(Bucket=stack.bucket, Key="staging/x", Tagging={"TagSet": []})
    )
    assert is_denied(lambda: s3.delete_object(Bucket=stack.bucket, Key="staging/x"))


@goes_around_the_edge
def test_documents_can_read_documents(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = roles.client("Documents", "s3")
    for key in (keys["documents"], keys["renditions"]):
        version = storage.s3.head_object(Bucket=stack.bucket, Key=key)["VersionId"]
        s3.get_object(Bucket=stack.bucket, Key=key, VersionId=version)


def test_documents_can_read_nothing_staged_and_write_no_object(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = roles.client("Documents", "s3")
    staged = storage.s3.head_object(Bucket=stack.bucket, Key=keys["staging"])["VersionId"]
    assert is_denied(lambda: s3.get_object(Bucket=stack.bucket, Key=keys["staging"], VersionId=staged))
    for key in ("staging/y", "documents/y", "renditions/y"):
        assert is_denied(partial(s3.put_object, Bucket=stack.bucket, Key=key, Body=b"x"))
    table = roles.client("Documents", "dynamodb")
    record = {"pk": {"S": "x"}, "sk": {"S": "x"}}
    assert is_denied(lambda: table.batch_get_item(RequestItems={stack.table: {"Keys": [record]}}))


def test_pipeline_can_promote_and_not_delete_documents(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = roles.client("Pipeline", "s3")
    staged = storage.s3.head_object(Bucket=stack.bucket, Key=keys["staging"])["VersionId"]
    s3.get_object(Bucket=stack.bucket, Key=keys["staging"], VersionId=staged)
    version = storage.s3.head_object(Bucket=stack.bucket, Key=keys["documents"])["VersionId"]

    assert is_denied(lambda: s3.delete_object(Bucket=stack.bucket, Key=keys["documents"], VersionId=version))
    assert is_denied(lambda: s3.get_object(Bucket=stack.bucket, Key=keys["renditions"]))
    for key in ("staging/z", "renditions/z"):
        assert is_denied(partial(s3.put_object, Bucket=stack.bucket, Key=key, Body=b"x"))


def test_large_copy_can_copy_and_not_delete_or_touch_the_table(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3, table = roles.client("LargeCopy", "s3"), roles.client("LargeCopy", "dynamodb")
    staged = storage.s3.head_object(Bucket=stack.bucket, Key=keys["staging"])["VersionId"]
    s3.get_object(Bucket=stack.bucket, Key=keys["staging"], VersionId=staged)
    s3.put_object(Bucket=stack.bucket, Key="documents/large", Body=b"x")
    version = storage.s3.head_object(Bucket=stack.bucket, Key="documents/large")["VersionId"]

    for key in ("staging/z", "renditions/z"):
        assert is_denied(partial(s3.put_object, Bucket=stack.bucket, Key=key, Body=b"x"))
    for key, each in ((keys["staging"], staged), ("documents/large", version)):
        assert is_denied(partial(s3.delete_object, Bucket=stack.bucket, Key=key, VersionId=each))
        assert is_denied(partial(s3.delete_object, Bucket=stack.bucket, Key=key))
    record = {"pk": {"S": "x"}, "sk": {"S": "x"}}
    assert is_denied(lambda: table.get_item(TableName=stack.table, Key=record))
    assert is_denied(lambda: table.put_item(TableName=stack.table, Item=record))


def test_sweeps_can_delete_in_staging_and_read_or_write_nothing(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = roles.client("Sweeps", "s3")
    version = storage.s3.head_object(Bucket=stack.bucket, Key=keys["documents"])["VersionId"]
    s3.list_object_versions(Bucket=stack.bucket, Prefix="staging/")

    for key in keys.values():
        assert is_denied(partial(s3.get_object, Bucket=stack.bucket, Key=key))
    assert is_denied(lambda: s3.put_object(Bucket=stack.bucket, Key="staging/z", Body=b"x"))
    assert is_denied(lambda: s3.delete_object(Bucket=stack.bucket, Key=keys["documents"], VersionId=version))


def test_purge_can_delete_and_read_or_write_nothing(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = roles.client("Purge", "s3")
    for key in keys.values():
        s3.list_object_versions(Bucket=stack.bucket, Prefix=key)
        assert is_denied(partial(s3.get_object, Bucket=stack.bucket, Key=key))
        assert is_denied(partial(s3.put_object, Bucket=stack.bucket, Key=f"{key}-2", Body=b"x"))
        assert is_denied(partial(s3.delete_object, Bucket=stack.bucket, Key=key))
    version = storage.s3.put_object(Bucket=stack.bucket, Key="documents/to-purge", Body=b"x")["VersionId"]
    s3.delete_object(Bucket=stack.bucket, Key="documents/to-purge", VersionId=version)


@pytest.mark.parametrize("function", ["Uploads", "Documents", "LargeCopy", "Sweeps", "Purge"])
def test_only_pipeline_can_read_the_queue_of_upload_events(
    stack: LocalStack, roles: Roles, function: str
) -> None:
    [url] = [
        url
        for url in stack.emulator.client("sqs").list_queues()["QueueUrls"]
        if "ObjectCreated" in url and "Dead" not in url
    ]
    sqs = roles.client(function, "sqs")

    assert is_denied(lambda: sqs.receive_message(QueueUrl=url))


FUNCTIONS = ("Uploads", "Documents", "Pipeline", "LargeCopy", "Sweeps", "Purge")
# Requests that S3 accepts when they are signed with the role of a function. It responds with 403 to all others.
SIGNABLE = {
    ("Uploads", "PUT into staging"),
    ("Uploads", "part into staging"),
    ("Uploads", "form into staging"),
    ("Documents", "GET from documents"),
    ("Documents", "GET from renditions"),
    # They check their copies. They sign nothing for clients.
    ("Pipeline", "GET from documents"),
    ("LargeCopy", "GET from documents"),
    # Without this permission S3 responds with 403, not 404, for a missing object.
    ("Pipeline", "list of the bucket"),
    ("LargeCopy", "list of the bucket"),
}
# Behind the edge, S3 accepts none of them from anybody.
DOWNLOADS = ("GET from documents", "GET from renditions")
REQUESTS = (
    "PUT into staging",
    "PUT into documents",
    "PUT into renditions",
    "PUT over an object in staging",
    "PUT without the condition",
    "part into staging",
    "form into staging",
    "form into documents",
    "GET from staging",
    "GET from documents",
    "GET from renditions",
    "list of the bucket",
)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("request_", REQUESTS)
def test_a_url_signed_with_a_role_can_do_only_what_its_function_needs(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str], function: str, request_: str
) -> None:
    key = f"staging/{function}-{len(request_)}"
    response = presigned(roles.client(function, "s3"), storage, keys, request_, key)
    if stack.edge and request_ in DOWNLOADS:
        assert response.status_code == 403, response.text
    elif (function, request_) in SIGNABLE:
        assert response.status_code in (200, 201, 204), response.text
    elif (function, request_) == ("Uploads", "PUT over an object in staging"):
        assert response.status_code == 412
    else:
        assert response.status_code == 403, response.text


def presigned(s3: Any, storage: Storage, keys: dict[str, str], request: str, key: str) -> httpx.Response:
    """Sends a request that is signed with `s3`, without any other credential."""

    def send(method: str, operation: str, **parameters: Any) -> httpx.Response:
        url = s3.generate_presigned_url(operation, Params={"Bucket": storage.bucket, **parameters})
        headers = {"if-none-match": "*"} if "IfNoneMatch" in parameters else {}
        return httpx.request(method, url, headers=headers, content=b"x" if method == "PUT" else None)

    def form(into: str) -> httpx.Response:
        signed = s3.generate_presigned_post(storage.bucket, into)
        return httpx.post(signed["url"], data=signed["fields"], files={"file": b"x"})

    def version(key: str) -> str:
        version_id: str = storage.s3.head_object(Bucket=storage.bucket, Key=key)["VersionId"]
        return version_id

    match request:
        case "PUT into staging":
            return send("PUT", "put_object", Key=key, IfNoneMatch="*")
        case "PUT into documents" | "PUT into renditions":
            other = key.replace("staging", request.rpartition(" ")[2])
            return send("PUT", "put_object", Key=other, IfNoneMatch="*")
        case "PUT over an object in staging":
            return send("PUT", "put_object", Key=keys["staging"], IfNoneMatch="*")
        case "PUT without the condition":
            return send("PUT", "put_object", Key=key)
        case "part into staging":
            upload = storage.s3.create_multipart_upload(Bucket=storage.bucket, Key=key)["UploadId"]
            return send("PUT", "upload_part", Key=key, UploadId=upload, PartNumber=1)
        case "form into staging" | "form into documents":
            return form(key if request.endswith("staging") else key.replace("staging", "documents"))
        case "GET from staging" | "GET from documents" | "GET from renditions":
            existing = keys[request.rpartition(" ")[2]]
            return send("GET", "get_object", Key=existing, VersionId=version(existing))
        case "list of the bucket":
            return send("GET", "list_objects_v2")
    raise NotImplementedError(request)

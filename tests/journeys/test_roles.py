"""Least privilege, tried: with each function's own role, what it needs works and what it must never do is refused."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from local.stack import LocalStack
from tests.journeys.client import Client
from tests.journeys.files import png
from tests.journeys.roles import Roles
from tests.journeys.storage import Storage


@pytest.fixture(scope="module")
def roles(stack: LocalStack) -> Roles:
    return Roles(stack)


@pytest.fixture(scope="module")
def keys(ada: Client, storage: Storage) -> dict[str, str]:
    """An object in each prefix."""
    promoted = ada.upload(png(), "a.png", "image/png")["id"]
    [documents] = storage.versions(promoted)
    # Staged by the owner of the account under a key of no record, which promotion leaves alone.
    staged = "staging/for-the-roles-test"
    storage.s3.put_object(Bucket=storage.bucket, Key=staged, Body=b"x")
    return {"documents": documents, "staging": staged}


def refused(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return False


def test_uploads_may_write_staging_and_read_no_object(
    stack: LocalStack, roles: Roles, keys: dict[str, str]
) -> None:
    s3 = roles.client("Uploads", "s3")
    s3.put_object(Bucket=stack.bucket, Key="staging/x", Body=b"x")

    for key in keys.values():
        assert refused(partial(s3.get_object, Bucket=stack.bucket, Key=key))
    assert refused(lambda: s3.put_object(Bucket=stack.bucket, Key="documents/x", Body=b"x"))
    assert refused(
        lambda: s3.put_object_tagging(Bucket=stack.bucket, Key="staging/x", Tagging={"TagSet": []})
    )
    assert refused(lambda: s3.delete_object(Bucket=stack.bucket, Key="staging/x"))


def test_documents_may_read_documents_and_write_no_byte(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = roles.client("Documents", "s3")
    version = storage.s3.head_object(Bucket=stack.bucket, Key=keys["documents"])["VersionId"]
    s3.get_object(Bucket=stack.bucket, Key=keys["documents"], VersionId=version)

    assert refused(lambda: s3.get_object(Bucket=stack.bucket, Key=keys["staging"]))
    for key in ("staging/y", "documents/y"):
        assert refused(partial(s3.put_object, Bucket=stack.bucket, Key=key, Body=b"x"))
    table = roles.client("Documents", "dynamodb")
    record = {"pk": {"S": "x"}, "sk": {"S": "x"}}
    assert refused(lambda: table.delete_item(TableName=stack.table, Key=record))


def test_object_created_may_promote_and_delete_nothing_that_is_promoted(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = roles.client("Pipeline", "s3")
    staged = storage.s3.head_object(Bucket=stack.bucket, Key=keys["staging"])["VersionId"]
    s3.get_object(Bucket=stack.bucket, Key=keys["staging"], VersionId=staged)
    version = storage.s3.head_object(Bucket=stack.bucket, Key=keys["documents"])["VersionId"]

    assert refused(lambda: s3.delete_object(Bucket=stack.bucket, Key=keys["documents"], VersionId=version))
    assert refused(lambda: s3.put_object(Bucket=stack.bucket, Key="staging/z", Body=b"x"))


def test_janitor_may_delete_in_staging_and_read_or_write_no_byte(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = roles.client("Sweeps", "s3")
    version = storage.s3.head_object(Bucket=stack.bucket, Key=keys["documents"])["VersionId"]
    s3.list_object_versions(Bucket=stack.bucket, Prefix="staging/")

    assert refused(lambda: s3.get_object(Bucket=stack.bucket, Key=keys["staging"]))
    assert refused(lambda: s3.put_object(Bucket=stack.bucket, Key="staging/z", Body=b"x"))
    assert refused(lambda: s3.delete_object(Bucket=stack.bucket, Key=keys["documents"], VersionId=version))


def test_purge_may_delete_and_read_or_write_no_byte(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = roles.client("Purge", "s3")
    for key in keys.values():
        s3.list_object_versions(Bucket=stack.bucket, Prefix=key)
        assert refused(partial(s3.get_object, Bucket=stack.bucket, Key=key))
        assert refused(partial(s3.put_object, Bucket=stack.bucket, Key=f"{key}-2", Body=b"x"))
        assert refused(partial(s3.delete_object, Bucket=stack.bucket, Key=key))
    version = storage.s3.put_object(Bucket=stack.bucket, Key="documents/to-purge", Body=b"x")["VersionId"]
    s3.delete_object(Bucket=stack.bucket, Key="documents/to-purge", VersionId=version)


@pytest.mark.parametrize("function", ["Uploads", "Documents", "Sweeps", "Purge"])
def test_only_object_created_reads_the_queue(stack: LocalStack, roles: Roles, function: str) -> None:
    [url] = [
        url
        for url in stack.emulator.client("sqs").list_queues()["QueueUrls"]
        if "ObjectCreated" in url and "Dead" not in url
    ]
    sqs = roles.client(function, "sqs")

    assert refused(lambda: sqs.receive_message(QueueUrl=url))


FUNCTIONS = ("Uploads", "Documents", "Pipeline", "Sweeps", "Purge")
# What a URL can do that a function's role has signed; on every other request S3 answers 403.
SIGNABLE = {
    ("Uploads", "PUT into staging"),
    ("Uploads", "part into staging"),
    ("Uploads", "form into staging"),
    ("Documents", "GET from documents"),
    # It checks what it has copied. Nothing on the internet can make it sign anything.
    ("Pipeline", "GET from documents"),
    # It must be able to tell what is missing from what is forbidden.
    ("Pipeline", "list of the bucket"),
}
REQUESTS = (
    "PUT into staging",
    "PUT into documents",
    "PUT over an object in staging",
    "PUT without the condition",
    "part into staging",
    "form into staging",
    "form into documents",
    "GET from staging",
    "GET from documents",
    "list of the bucket",
)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("request_", REQUESTS)
def test_a_url_that_a_role_has_signed_can_do_what_that_function_is_for_and_no_more(
    stack: LocalStack, roles: Roles, storage: Storage, keys: dict[str, str], function: str, request_: str
) -> None:
    key = f"staging/{function}-{len(request_)}"
    answer = presigned(roles.client(function, "s3"), storage, keys, request_, key)
    if (function, request_) in SIGNABLE:
        assert answer.status_code in (200, 201, 204), answer.text
    elif (function, request_) == ("Uploads", "PUT over an object in staging"):
        assert answer.status_code == 412
    else:
        assert answer.status_code == 403, answer.text


def presigned(s3: Any, storage: Storage, keys: dict[str, str], request: str, key: str) -> httpx.Response:
    """Sent by somebody who has nothing but the URL."""

    def sent(method: str, operation: str, **parameters: Any) -> httpx.Response:
        url = s3.generate_presigned_url(operation, Params={"Bucket": storage.bucket, **parameters})
        headers = {"if-none-match": "*"} if "IfNoneMatch" in parameters else {}
        return httpx.request(method, url, headers=headers, content=b"x" if method == "PUT" else None)

    def form(into: str) -> httpx.Response:
        signed = s3.generate_presigned_post(storage.bucket, into)
        return httpx.post(signed["url"], data=signed["fields"], files={"file": b"x"})

    def version(of: str) -> str:
        found: str = storage.s3.head_object(Bucket=storage.bucket, Key=of)["VersionId"]
        return found

    match request:
        case "PUT into staging":
            return sent("PUT", "put_object", Key=key, IfNoneMatch="*")
        case "PUT into documents":
            return sent("PUT", "put_object", Key=key.replace("staging", "documents"), IfNoneMatch="*")
        case "PUT over an object in staging":
            return sent("PUT", "put_object", Key=keys["staging"], IfNoneMatch="*")
        case "PUT without the condition":
            return sent("PUT", "put_object", Key=key)
        case "part into staging":
            upload = storage.s3.create_multipart_upload(Bucket=storage.bucket, Key=key)["UploadId"]
            return sent("PUT", "upload_part", Key=key, UploadId=upload, PartNumber=1)
        case "form into staging" | "form into documents":
            return form(key if request.endswith("staging") else key.replace("staging", "documents"))
        case "GET from staging" | "GET from documents":
            kept = keys[request.rpartition(" ")[2]]
            return sent("GET", "get_object", Key=kept, VersionId=version(kept))
        case "list of the bucket":
            return sent("GET", "list_objects_v2")
    raise NotImplementedError(request)

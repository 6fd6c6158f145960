"""Least privilege, tried: with each function's own role, what it needs works and what it must never do is refused."""

from collections.abc import Callable
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.running import Running
from tests.journeys.client import Client
from tests.journeys.files import png
from tests.journeys.storage import Storage


class Role:
    """What one function may do, from outside the function."""

    def __init__(self, stack: Running, function: str) -> None:
        self._stack = stack
        roles = stack.emulator.client("iam").list_roles()["Roles"]
        [arn] = [role["Arn"] for role in roles if f"-{function}Role" in role["RoleName"]]
        answer = stack.emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")
        self._credentials = answer["Credentials"]

    def client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self._stack.s3,
            region_name=self._stack.region,
            aws_access_key_id=self._credentials["AccessKeyId"],
            aws_secret_access_key=self._credentials["SecretAccessKey"],
            aws_session_token=self._credentials["SessionToken"],
            config=Config(signature_version="s3v4") if service == "s3" else None,
        )


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


def test_uploads_may_write_staging_and_read_no_object(stack: Running, keys: dict[str, str]) -> None:
    s3 = Role(stack, "Uploads").client("s3")
    s3.put_object(Bucket=stack.bucket, Key="staging/x", Body=b"x")

    for key in keys.values():
        assert refused(partial(s3.get_object, Bucket=stack.bucket, Key=key))
    assert refused(lambda: s3.put_object(Bucket=stack.bucket, Key="documents/x", Body=b"x"))
    assert refused(
        lambda: s3.put_object_tagging(Bucket=stack.bucket, Key="staging/x", Tagging={"TagSet": []})
    )
    assert refused(lambda: s3.delete_object(Bucket=stack.bucket, Key="staging/x"))


def test_documents_may_read_documents_and_write_no_byte(
    stack: Running, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = Role(stack, "Documents").client("s3")
    version = storage.s3.head_object(Bucket=stack.bucket, Key=keys["documents"])["VersionId"]
    s3.get_object(Bucket=stack.bucket, Key=keys["documents"], VersionId=version)

    assert refused(lambda: s3.get_object(Bucket=stack.bucket, Key=keys["staging"]))
    for key in ("staging/y", "documents/y"):
        assert refused(partial(s3.put_object, Bucket=stack.bucket, Key=key, Body=b"x"))
    table = Role(stack, "Documents").client("dynamodb")
    item = {"pk": {"S": "x"}, "sk": {"S": "x"}}
    assert refused(lambda: table.delete_item(TableName=stack.table, Key=item))


def test_object_created_may_promote_and_delete_nothing_that_is_promoted(
    stack: Running, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = Role(stack, "ObjectCreated").client("s3")
    s3.get_object(Bucket=stack.bucket, Key=keys["staging"])
    version = storage.s3.head_object(Bucket=stack.bucket, Key=keys["documents"])["VersionId"]

    assert refused(lambda: s3.delete_object(Bucket=stack.bucket, Key=keys["documents"], VersionId=version))
    assert refused(lambda: s3.put_object(Bucket=stack.bucket, Key="staging/z", Body=b"x"))


def test_janitor_may_delete_in_staging_and_read_or_write_no_byte(
    stack: Running, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = Role(stack, "Janitor").client("s3")
    version = storage.s3.head_object(Bucket=stack.bucket, Key=keys["documents"])["VersionId"]
    s3.list_object_versions(Bucket=stack.bucket, Prefix="staging/")

    assert refused(lambda: s3.get_object(Bucket=stack.bucket, Key=keys["staging"]))
    assert refused(lambda: s3.put_object(Bucket=stack.bucket, Key="staging/z", Body=b"x"))
    assert refused(lambda: s3.delete_object(Bucket=stack.bucket, Key=keys["documents"], VersionId=version))


def test_purge_may_delete_and_read_or_write_no_byte(
    stack: Running, storage: Storage, keys: dict[str, str]
) -> None:
    s3 = Role(stack, "Purge").client("s3")
    for key in keys.values():
        s3.list_object_versions(Bucket=stack.bucket, Prefix=key)
        assert refused(partial(s3.get_object, Bucket=stack.bucket, Key=key))
        assert refused(partial(s3.put_object, Bucket=stack.bucket, Key=f"{key}-2", Body=b"x"))
        assert refused(partial(s3.delete_object, Bucket=stack.bucket, Key=key))
    version = storage.s3.head_object(Bucket=stack.bucket, Key=keys["documents"])["VersionId"]
    s3.delete_object(Bucket=stack.bucket, Key=keys["documents"], VersionId=version)


@pytest.mark.parametrize("function", ["Uploads", "Documents", "Janitor", "Purge"])
def test_only_object_created_reads_the_queue(stack: Running, function: str) -> None:
    [url] = [
        url
        for url in stack.emulator.client("sqs").list_queues()["QueueUrls"]
        if "Arrivals" in url and "Dead" not in url
    ]
    sqs = Role(stack, function).client("sqs")

    assert refused(lambda: sqs.receive_message(QueueUrl=url))

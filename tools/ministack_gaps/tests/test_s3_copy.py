"""CopyObject with a condition on the destination, and with a checksum algorithm."""

import base64
import hashlib
from typing import Any

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code

_DATA = b"hello world"
_SHA256 = base64.b64encode(hashlib.sha256(_DATA).digest()).decode()


def _copy(account: Account, **more: Any) -> dict[str, Any]:
    """Returns the parameters of a copy whose source exists and whose destination does not."""
    bucket = account.create_bucket()
    version = account.s3.put_object(Bucket=bucket, Key="from", Body=_DATA)["VersionId"]
    source = {"Bucket": bucket, "Key": "from", "VersionId": version}
    return {"Bucket": bucket, "Key": "to", "CopySource": source, **more}


def test_a_copy_with_if_none_match_onto_an_existing_key_fails(closed: Account, published: Account) -> None:
    def code_of_second_copy(account: Account) -> str | None:
        copy = _copy(account, IfNoneMatch="*")
        assert error_code(account.s3.copy_object, **copy) is None
        return error_code(account.s3.copy_object, **copy)

    assert code_of_second_copy(closed) == "PreconditionFailed"
    assert code_of_second_copy(published) is None, FIXED_UPSTREAM


def test_a_copy_returns_and_stores_the_checksum_of_the_requested_algorithm(
    closed: Account, published: Account
) -> None:
    def checksums(account: Account) -> tuple[str | None, str | None]:
        copy = _copy(account, ChecksumAlgorithm="SHA256")
        copied = account.s3.copy_object(**copy)["CopyObjectResult"]
        head = account.s3.head_object(Bucket=copy["Bucket"], Key="to", ChecksumMode="ENABLED")
        return copied.get("ChecksumSHA256"), head.get("ChecksumSHA256")

    assert checksums(closed) == (_SHA256, _SHA256)
    assert checksums(published) == (None, None), FIXED_UPSTREAM


def test_a_copy_that_replaces_metadata_does_not_keep_that_of_the_source(
    closed: Account, published: Account
) -> None:
    def encoding_and_type(account: Account, directive: str, **more: str) -> tuple[str | None, str]:
        bucket = account.create_bucket()
        account.s3.put_object(
            Bucket=bucket, Key="from", Body=_DATA, ContentEncoding="gzip", ContentType="text/plain"
        )
        copy = {"Bucket": bucket, "Key": "to", "CopySource": {"Bucket": bucket, "Key": "from"}}
        version = account.s3.copy_object(**copy, MetadataDirective=directive, **more)["VersionId"]
        head = account.s3.head_object(Bucket=bucket, Key="to", VersionId=version)
        return head.get("ContentEncoding"), head["ContentType"]

    assert encoding_and_type(closed, "COPY") == ("gzip", "text/plain")
    assert encoding_and_type(closed, "REPLACE") == (None, "binary/octet-stream")
    assert encoding_and_type(closed, "REPLACE", ContentEncoding="br", ContentType="image/png") == (
        "br",
        "image/png",
    )
    assert encoding_and_type(published, "REPLACE") == ("gzip", "text/plain"), FIXED_UPSTREAM

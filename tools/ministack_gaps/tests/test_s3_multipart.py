"""Multipart uploads with checksums, of parts that were uploaded and of parts that were copied."""

import base64
import os
from typing import Any

import pytest
from awscrt.checksums import crc64nvme

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code

_DATA = os.urandom(1_010)  # S3 requires 5 MiB of all parts but the last; MiniStack does not
_CUT = 1_000
_CRC = base64.b64encode(crc64nvme(_DATA).to_bytes(8)).decode()


def _create_upload(account: Account, algorithm: str = "CRC64NVME", **more: str) -> dict[str, str]:
    bucket = account.create_bucket()
    started = account.s3.create_multipart_upload(Bucket=bucket, Key="a", ChecksumAlgorithm=algorithm, **more)
    return {"Bucket": bucket, "Key": "a", "UploadId": started["UploadId"]}


def _upload_parts(account: Account, upload: dict[str, str]) -> list[dict[str, Any]]:
    """Uploads both parts. Returns them as CompleteMultipartUpload takes them, without checksums."""
    pieces = enumerate((_DATA[:_CUT], _DATA[_CUT:]), 1)
    return [
        {"PartNumber": n, "ETag": account.s3.upload_part(**upload, PartNumber=n, Body=piece)["ETag"]}
        for n, piece in pieces
    ]


def _copy_parts(account: Account, upload: dict[str, str]) -> list[dict[str, Any]]:
    source = {"Bucket": upload["Bucket"], "Key": "from"}
    account.s3.put_object(**source, Body=_DATA)
    ranges = enumerate((f"bytes=0-{_CUT - 1}", f"bytes={_CUT}-{len(_DATA) - 1}"), 1)
    copy = account.s3.upload_part_copy
    responses = [
        (n, copy(**upload, PartNumber=n, CopySource=source, CopySourceRange=span)) for n, span in ranges
    ]
    return [{"PartNumber": n, "ETag": response["CopyPartResult"]["ETag"]} for n, response in responses]


def _complete(account: Account, upload: dict[str, str], parts: list[dict[str, Any]], **more: str) -> Any:
    return account.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **more)


@pytest.mark.parametrize("add_parts", [_upload_parts, _copy_parts])
def test_an_object_of_parts_has_the_crc_of_the_full_object(
    closed: Account, published: Account, add_parts: Any
) -> None:
    def checksums(account: Account) -> tuple[str | None, str | None]:
        upload = _create_upload(account, ChecksumType="FULL_OBJECT")
        done = _complete(account, upload, add_parts(account, upload))
        target = {"Bucket": upload["Bucket"], "Key": "a", "VersionId": done["VersionId"]}
        head = account.s3.head_object(**target, ChecksumMode="ENABLED")
        return done.get("ChecksumCRC64NVME"), head.get("ChecksumCRC64NVME")

    assert checksums(closed) == (_CRC, _CRC)
    assert _CRC not in checksums(published), FIXED_UPSTREAM


def test_the_checksum_type_of_a_crc_is_full_object_by_default(closed: Account, published: Account) -> None:
    def checksum_types(account: Account) -> set[str]:
        started = account.s3.create_multipart_upload(
            Bucket=account.create_bucket(), Key="a", ChecksumAlgorithm="CRC64NVME"
        )
        upload = _create_upload(account)
        done = _complete(account, upload, _upload_parts(account, upload))
        head = account.s3.head_object(Bucket=upload["Bucket"], Key="a", ChecksumMode="ENABLED")
        return {started["ChecksumType"], done["ChecksumType"], head["ChecksumType"]}

    assert checksum_types(closed) == {"FULL_OBJECT"}
    assert checksum_types(published) == {"COMPOSITE"}, FIXED_UPSTREAM


def test_complete_accepts_the_crc_of_the_full_object_and_no_other(
    closed: Account, published: Account
) -> None:
    def codes(account: Account) -> list[str | None]:
        upload = _create_upload(account, ChecksumType="FULL_OBJECT")
        parts = _upload_parts(account, upload)
        wrong = base64.b64encode(bytes(8)).decode()
        given = [{"ChecksumCRC64NVME": value} for value in (wrong, _CRC)]
        return [error_code(lambda more=more: _complete(account, upload, parts, **more)) for more in given]

    assert codes(closed) == ["BadDigest", None]
    assert codes(published) == ["BadDigest", "BadDigest"], FIXED_UPSTREAM


def test_a_copied_part_has_a_checksum(closed: Account, published: Account) -> None:
    def checksums(account: Account) -> list[str | None]:
        upload = _create_upload(account)
        _copy_parts(account, upload)
        return [part.get("ChecksumCRC64NVME") for part in account.s3.list_parts(**upload)["Parts"]]

    pieces = (_DATA[:_CUT], _DATA[_CUT:])
    assert checksums(closed) == [base64.b64encode(crc64nvme(piece).to_bytes(8)).decode() for piece in pieces]
    assert checksums(published) == [None, None], FIXED_UPSTREAM


def test_complete_requires_the_checksum_of_each_part_for_a_composite_checksum(
    closed: Account, published: Account
) -> None:
    def codes(account: Account) -> list[str | None]:
        upload = _create_upload(account, "SHA256", ChecksumType="COMPOSITE")
        bare = _upload_parts(account, upload)
        listed = account.s3.list_parts(**upload)["Parts"]
        full = [
            named | {"ChecksumSHA256": part["ChecksumSHA256"]}
            for named, part in zip(bare, listed, strict=True)
        ]
        return [error_code(lambda parts=parts: _complete(account, upload, parts)) for parts in (bare, full)]

    assert codes(closed) == ["InvalidRequest", None]
    assert codes(published)[0] is None, FIXED_UPSTREAM


def test_a_repeated_complete_returns_the_same_response(closed: Account) -> None:
    upload = _create_upload(closed, ChecksumType="FULL_OBJECT")
    parts = _upload_parts(closed, upload)
    responses = [_complete(closed, upload, parts) for _ in range(2)]
    assert {(response["VersionId"], response["ChecksumCRC64NVME"]) for response in responses} == {
        (responses[0]["VersionId"], _CRC)
    }


def test_complete_still_rejects_an_unknown_part_and_an_unknown_upload(closed: Account) -> None:
    upload = _create_upload(closed)
    parts = [{"PartNumber": 1, "ETag": '"x"'}]
    assert error_code(lambda: _complete(closed, upload, parts)) == "InvalidPart"
    closed.s3.abort_multipart_upload(**upload)
    assert error_code(lambda: _complete(closed, upload, parts)) == "NoSuchUpload"

"""The gaps of objects made of parts, each twice as in test_emulator_gaps.py."""

import base64
import os
from typing import Any

import pytest

from local.crc64nvme import crc64nvme
from tests.local.account import Account, error_code

_RIGHT_BY_NOW = "MiniStack does this right by now: drop our fix"
_DATA = os.urandom(1_010)  # AWS wants 5 MiB of all parts but the last; no emulator cares, and this is fast
_CUT = 1_000
_CRC = base64.b64encode(crc64nvme(_DATA).to_bytes(8)).decode()


def _upload(account: Account, algorithm: str = "CRC64NVME", **more: str) -> dict[str, str]:
    bucket = account.bucket()
    started = account.s3.create_multipart_upload(Bucket=bucket, Key="a", ChecksumAlgorithm=algorithm, **more)
    return {"Bucket": bucket, "Key": "a", "UploadId": started["UploadId"]}


def _sent(account: Account, upload: dict[str, str]) -> list[dict[str, Any]]:
    """Both parts, as Complete names them without their checksums."""
    pieces = enumerate((_DATA[:_CUT], _DATA[_CUT:]), 1)
    return [
        {"PartNumber": n, "ETag": account.s3.upload_part(**upload, PartNumber=n, Body=piece)["ETag"]}
        for n, piece in pieces
    ]


def _copied(account: Account, upload: dict[str, str]) -> list[dict[str, Any]]:
    source = {"Bucket": upload["Bucket"], "Key": "from"}
    account.s3.put_object(**source, Body=_DATA)
    ranges = enumerate((f"bytes=0-{_CUT - 1}", f"bytes={_CUT}-{len(_DATA) - 1}"), 1)
    copy = account.s3.upload_part_copy
    answers = [
        (n, copy(**upload, PartNumber=n, CopySource=source, CopySourceRange=span)) for n, span in ranges
    ]
    return [{"PartNumber": n, "ETag": answer["CopyPartResult"]["ETag"]} for n, answer in answers]


def _complete(account: Account, upload: dict[str, str], parts: list[dict[str, Any]], **more: str) -> Any:
    return account.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **more)


@pytest.mark.parametrize("made", [_sent, _copied])
def test_an_object_of_parts_has_the_crc_of_all_its_bytes(
    closed: Account, as_it_comes: Account, made: Any
) -> None:
    def checksums(account: Account) -> tuple[str | None, str | None]:
        upload = _upload(account, ChecksumType="FULL_OBJECT")
        done = _complete(account, upload, made(account, upload))
        target = {"Bucket": upload["Bucket"], "Key": "a", "VersionId": done["VersionId"]}
        head = account.s3.head_object(**target, ChecksumMode="ENABLED")
        return done.get("ChecksumCRC64NVME"), head.get("ChecksumCRC64NVME")

    assert checksums(closed) == (_CRC, _CRC)
    assert _CRC not in checksums(as_it_comes), _RIGHT_BY_NOW


def test_a_crc_is_of_the_whole_object_whether_one_says_so_or_not(
    closed: Account, as_it_comes: Account
) -> None:
    def kinds(account: Account) -> set[str]:
        started = account.s3.create_multipart_upload(
            Bucket=account.bucket(), Key="a", ChecksumAlgorithm="CRC64NVME"
        )
        upload = _upload(account)
        done = _complete(account, upload, _sent(account, upload))
        head = account.s3.head_object(Bucket=upload["Bucket"], Key="a", ChecksumMode="ENABLED")
        return {started["ChecksumType"], done["ChecksumType"], head["ChecksumType"]}

    assert kinds(closed) == {"FULL_OBJECT"}
    assert kinds(as_it_comes) == {"COMPOSITE"}, _RIGHT_BY_NOW


def test_the_crc_of_the_file_completes_it_and_any_other_does_not(
    closed: Account, as_it_comes: Account
) -> None:
    def codes(account: Account) -> list[str | None]:
        upload = _upload(account, ChecksumType="FULL_OBJECT")
        parts = _sent(account, upload)
        wrong = base64.b64encode(bytes(8)).decode()
        given = [{"ChecksumCRC64NVME": value} for value in (wrong, _CRC)]
        return [error_code(lambda more=more: _complete(account, upload, parts, **more)) for more in given]

    assert codes(closed) == ["BadDigest", None]
    assert codes(as_it_comes) == ["BadDigest", "BadDigest"], _RIGHT_BY_NOW


def test_a_copied_part_has_a_checksum(closed: Account, as_it_comes: Account) -> None:
    def checksums(account: Account) -> list[str | None]:
        upload = _upload(account)
        _copied(account, upload)
        return [part.get("ChecksumCRC64NVME") for part in account.s3.list_parts(**upload)["Parts"]]

    pieces = (_DATA[:_CUT], _DATA[_CUT:])
    assert checksums(closed) == [base64.b64encode(crc64nvme(piece).to_bytes(8)).decode() for piece in pieces]
    assert checksums(as_it_comes) == [None, None], _RIGHT_BY_NOW


def test_parts_with_a_checksum_each_must_be_named_with_it(closed: Account, as_it_comes: Account) -> None:
    def codes(account: Account) -> list[str | None]:
        upload = _upload(account, "SHA256", ChecksumType="COMPOSITE")
        bare = _sent(account, upload)
        listed = account.s3.list_parts(**upload)["Parts"]
        full = [
            named | {"ChecksumSHA256": part["ChecksumSHA256"]}
            for named, part in zip(bare, listed, strict=True)
        ]
        return [error_code(lambda parts=parts: _complete(account, upload, parts)) for parts in (bare, full)]

    assert codes(closed) == ["InvalidRequest", None]
    assert codes(as_it_comes)[0] is None, _RIGHT_BY_NOW


def test_what_is_completed_twice_answers_twice(closed: Account) -> None:
    upload = _upload(closed, ChecksumType="FULL_OBJECT")
    parts = _sent(closed, upload)
    answers = [_complete(closed, upload, parts) for _ in range(2)]
    assert {(answer["VersionId"], answer["ChecksumCRC64NVME"]) for answer in answers} == {
        (answers[0]["VersionId"], _CRC)
    }


def test_an_upload_that_is_not_there_or_lacks_a_part_is_refused_as_ever(closed: Account) -> None:
    upload = _upload(closed)
    parts = [{"PartNumber": 1, "ETag": '"x"'}]
    assert error_code(lambda: _complete(closed, upload, parts)) == "InvalidPart"
    closed.s3.abort_multipart_upload(**upload)
    assert error_code(lambda: _complete(closed, upload, parts)) == "NoSuchUpload"

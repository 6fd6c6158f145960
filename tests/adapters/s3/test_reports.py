"""Reports of S3 Inventory in a bucket: which are complete, and what counts as damage. `tests/contract` tests the rest."""

import gzip
import hashlib
import random
import tracemalloc
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.stub import Stubber

from functions.adapters.s3.reports import S3InventoryReports
from functions.domain.errors import Unavailable
from functions.domain.keys import DOCUMENTS
from functions.domain.reports import DamagedReport, Report
from functions.domain.storage import ObjectVersion
from tests.examples import NOW
from tests.fake_reports import ReportBucket
from tests.moto_account import Bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ID, NEWER = "2026-11-21T00-00Z", "2026-11-28T00-00Z"
ROWS = [ObjectVersion(f"documents/{number}", f"v{number}", NOW) for number in range(300)]


@pytest.fixture
def written(bucket: Bucket) -> ReportBucket:
    """A bucket with one report of one file."""
    written = ReportBucket(bucket.client, bucket.name, "the-source")
    written.add(DOCUMENTS, ID, ROWS)
    return written


def read_reports(written: ReportBucket) -> S3InventoryReports:
    return S3InventoryReports(written.client, written.name, written.source)


def read_all(written: ReportBucket) -> list[ObjectVersion]:
    reports = read_reports(written)
    report = reports.get(DOCUMENTS, ID)
    return [row for file in report.files for row in reports.read(report, file, 0)]


def file_key(written: ReportBucket) -> str:
    key: str = written.manifest(DOCUMENTS, ID)["files"][0]["key"]
    return key


def test_a_report_without_checksum_is_not_complete_yet(written: ReportBucket) -> None:
    written.put(written.manifest_key(DOCUMENTS, NEWER), b"{}")
    assert read_reports(written).find_newest(DOCUMENTS) == ID


def test_folders_that_are_no_reports_are_ignored(written: ReportBucket) -> None:
    written.put(f"the-source/{DOCUMENTS}hive/dt=2026-11-28-00-00/symlink.txt", b"")
    written.put(f"the-source/{DOCUMENTS}zzz/manifest.checksum", b"")
    assert read_reports(written).find_newest(DOCUMENTS) == ID


@pytest.mark.parametrize(
    "changes",
    [
        {"sourceBucket": "another"},
        {"fileFormat": "ORC"},
        {"fileSchema": "Bucket, Key, Size"},
        {"fileSchema": None},
        {"files": [{"key": "k"}]},
        {"files": None},
    ],
)
def test_a_manifest_of_something_else_is_damaged(written: ReportBucket, changes: dict[str, Any]) -> None:
    written.put_manifest(DOCUMENTS, ID, written.manifest(DOCUMENTS, ID) | changes)
    with pytest.raises(DamagedReport):
        read_all(written)


def test_no_row_of_a_file_with_another_md5_is_read(written: ReportBucket) -> None:
    key = file_key(written)
    body = written.body(key)
    written.put(key, body[:-1] + bytes([body[-1] ^ 1]))
    with pytest.raises(DamagedReport, match="MD5"):
        next(first_rows(written))


def test_no_row_of_a_truncated_file_is_read(written: ReportBucket) -> None:
    key = file_key(written)
    written.put(key, written.body(key)[:-20])
    with pytest.raises(DamagedReport):
        next(first_rows(written))


def test_a_missing_file_is_damaged(written: ReportBucket) -> None:
    written.client.delete_object(Bucket=written.name, Key=file_key(written))
    with pytest.raises(DamagedReport, match="missing"):
        next(first_rows(written))


def first_rows(written: ReportBucket) -> Any:
    reports = read_reports(written)
    report = reports.get(DOCUMENTS, ID)
    return reports.read(report, report.files[0], 0)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(gzip.compress(b'"s","k","v","true","false","3","yesterday"\n'), id="no time"),
        pytest.param(gzip.compress(b'"s","k","v"\n'), id="too few values"),
        pytest.param(
            gzip.compress(b'"s","%ff","v","true","false","3","2026-11-28T00:00:00.000Z"\n'), id="no UTF-8"
        ),
        pytest.param(gzip.compress(b'"s","k",' * 1000)[:-9], id="no end"),
        pytest.param(b"not compressed", id="not compressed"),
    ],
)
def test_a_file_that_cannot_be_read_is_damaged_although_its_md5_is_right(
    written: ReportBucket, body: bytes
) -> None:
    manifest = written.manifest(DOCUMENTS, ID)
    [file] = manifest["files"]
    written.put(file["key"], body)
    file |= {"size": len(body), "MD5checksum": hashlib.md5(body).hexdigest()}
    written.put_manifest(DOCUMENTS, ID, manifest)
    with pytest.raises(DamagedReport, match="cannot be read") as caught:
        read_all(written)
    assert "yesterday" not in str(caught.value)


def test_a_file_that_is_replaced_while_it_is_read_is_damaged(written: ReportBucket) -> None:
    reports = read_reports(written)
    report = reports.get(DOCUMENTS, ID)
    etag = written.client.head_object(Bucket=written.name, Key=report.files[0].key)["ETag"]
    written.put(report.files[0].key, b"x" * report.files[0].size)
    with pytest.raises(DamagedReport, match="changed"):
        reports.get_range(report.files[0], etag, 0, 10)


def test_a_large_file_is_read_in_chunks_with_little_memory(bucket: Bucket) -> None:
    """The file has more than one chunk. Its text alone would take more memory."""
    written = ReportBucket(bucket.client, bucket.name, "the-source")
    noise = random.Random(7)
    rows = [
        ObjectVersion(f"documents/{noise.randbytes(32).hex()}", noise.randbytes(24).hex(), NOW)
        for _ in range(120_000)
    ]
    written.add(DOCUMENTS, ID, rows)
    reports = read_reports(written)
    report = reports.get(DOCUMENTS, ID)
    assert report.files[0].size > 4 << 20
    text = len(gzip.decompress(written.body(report.files[0].key)))
    assert count_with_memory(reports, report, {row.version for row in rows}) < text


def count_with_memory(reports: S3InventoryReports, report: Report, versions: set[str]) -> int:
    """Reads every row and returns the peak of the memory that this takes, in bytes."""
    tracemalloc.start()
    try:
        for row in reports.read(report, report.files[0], 0):
            versions.remove(row.version)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert not versions


@pytest.mark.parametrize("operation", ["list_objects_v2", "get_object"])
def test_a_temporary_error_is_unavailable(stubber: Stubber, operation: str) -> None:
    stubber.add_client_error(operation, "SlowDown")
    stubber.activate()
    reports = S3InventoryReports(cast("S3Client", stubber.client), "a-bucket", "the-source")
    with pytest.raises(Unavailable):
        reports.find_newest(DOCUMENTS) if operation == "list_objects_v2" else reports.get(DOCUMENTS, ID)

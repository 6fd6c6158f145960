"""Reports of S3 Inventory in CSV, read from the bucket to which S3 delivers them.

    {bucket}/{inventory}/{report}/manifest.json      the files of the report, with their MD5
    {bucket}/{inventory}/{report}/manifest.checksum  the MD5 of the manifest; its arrival completes the report
    {bucket}/{inventory}/data/{file}.csv.gz

https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
IAM actions, on the bucket of the reports: s3:ListBucket and s3:GetObject.
"""

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from botocore.exceptions import ClientError

from functions.adapters.boto3_faults import error_code
from functions.adapters.s3.errors import unavailable_when_busy
from functions.domain.reports import DamagedReport, Report, ReportFile, report_time
from functions.domain.storage import ObjectVersion

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK = 2 << 20
"""Bytes of one GET. A file may have gigabytes, and S3 closes a connection that is read too slowly."""

_MISSING = ("404", "NoSuchKey")
_CHANGED = ("412", "PreconditionFailed", "416", "InvalidRange")


class S3InventoryReports:
    """Implements `functions.domain.reports.InventoryReports`. `source` is the bucket that the reports list.

    The id of the inventory of `documents/` is `documents`, and so on.
    """

    def __init__(self, client: "S3Client", bucket: str, source: str) -> None:
        self._client = client
        self._bucket = bucket
        self._source = source

    def find_newest(self, prefix: str) -> str | None:
        """See `InventoryReports.find_newest`. One page has room for the reports of years."""
        folder = self._folder(prefix)
        with unavailable_when_busy():
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=folder, Delimiter="/")
        names = [each["Prefix"].removeprefix(folder).rstrip("/") for each in page.get("CommonPrefixes", [])]
        reports = sorted(filter(_is_report_id, names), reverse=True)
        return next((each for each in reports if self._is_complete(prefix, each)), None)

    def get(self, prefix: str, report_id: str) -> Report:
        folder = f"{self._folder(prefix)}{report_id}"
        manifest = self._get(f"{folder}/manifest.json")
        if hashlib.md5(manifest, usedforsecurity=False).hexdigest().encode() != (
            self._get(f"{folder}/manifest.checksum").strip()
        ):
            raise DamagedReport("manifest.json has another MD5 than manifest.checksum says")
        try:
            return self._parse(report_id, json.loads(manifest))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise DamagedReport(f"manifest.json cannot be read ({type(error).__name__})") from error

    def read(self, report: Report, file: ReportFile, start: int) -> Iterator[ObjectVersion]:
        """See `InventoryReports.read`. Reads the file twice, because no row counts before the MD5 is known."""
        etag = self._check(file)
        raw = io.BufferedReader(_ObjectReader(self, file, etag), _CHUNK)
        text = io.TextIOWrapper(gzip.GzipFile(fileobj=raw), "utf-8", newline="")
        try:
            for row in islice(csv.reader(text), start, None):
                yield _to_version(dict(zip(report.columns, row, strict=True)))
        except (EOFError, OSError, zlib.error, ValueError, LookupError, csv.Error) as error:
            raise DamagedReport(f"{file.key} cannot be read ({type(error).__name__})") from error

    def get_range(self, file: ReportFile, etag: str, start: int, length: int) -> bytes:
        """Returns up to `length` bytes of a file, none behind its end. Raises DamagedReport."""
        if start >= file.size:
            return b""
        end = min(start + length, file.size) - 1
        return self._get(file.key, Range=f"bytes={start}-{end}", IfMatch=etag)

    def _check(self, file: ReportFile) -> str:
        """Returns the ETag of the file. Raises DamagedReport unless size and MD5 are those of the manifest."""
        with _damaged_when_missing(file.key), unavailable_when_busy():
            head = self._client.head_object(Bucket=self._bucket, Key=file.key)
        digest = hashlib.md5(usedforsecurity=False)
        for start in range(0, file.size, _CHUNK):
            digest.update(self.get_range(file, head["ETag"], start, _CHUNK))
        if (head["ContentLength"], digest.hexdigest()) != (file.size, file.md5):
            raise DamagedReport(f"{file.key} has another size or MD5 than the manifest says")
        return head["ETag"]

    def _get(self, key: str, **conditions: Any) -> bytes:
        with _damaged_when_missing(key), unavailable_when_busy():
            return self._client.get_object(Bucket=self._bucket, Key=key, **conditions)["Body"].read()

    def _is_complete(self, prefix: str, report_id: str) -> bool:
        key = f"{self._folder(prefix)}{report_id}/manifest.checksum"
        with unavailable_when_busy():
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=key)
        return page["KeyCount"] > 0

    def _folder(self, prefix: str) -> str:
        return f"{self._source}/{prefix}"

    def _parse(self, report_id: str, manifest: Mapping[str, Any]) -> Report:
        columns = tuple(name.strip() for name in manifest["fileSchema"].split(","))
        if manifest["sourceBucket"] != self._source or manifest["fileFormat"] != "CSV":
            raise DamagedReport("manifest.json is of another bucket or format")
        if missing := {*_COLUMNS} - {*columns}:
            raise DamagedReport(f"the rows have no column {', '.join(sorted(missing))}")
        files = tuple(
            ReportFile(each["key"], each["size"], each["MD5checksum"]) for each in manifest["files"]
        )
        return Report(report_id, files, columns)


_COLUMNS: Sequence[str] = ("Key", "VersionId", "IsDeleteMarker", "LastModifiedDate")


class _ObjectReader(io.RawIOBase):
    """Reads a file of a report with one GET after the other."""

    def __init__(self, reports: S3InventoryReports, file: ReportFile, etag: str) -> None:
        super().__init__()
        self._reports, self._file, self._etag = reports, file, etag
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._reports.get_range(self._file, self._etag, self._position, len(buffer))
        buffer[: len(chunk)] = chunk
        self._position += len(chunk)
        return len(chunk)


@contextmanager
def _damaged_when_missing(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error_code(error) in _MISSING:
            raise DamagedReport(f"{key} is missing") from error
        if error_code(error) in _CHANGED:
            raise DamagedReport(f"{key} has changed") from error
        raise


def _to_version(row: Mapping[str, str]) -> ObjectVersion:
    """Returns the version that a row names. Keys are URL-encoded. A version from before versioning is `null`."""
    return ObjectVersion(
        unquote_plus(row["Key"], errors="strict"),
        row["VersionId"] or "null",
        datetime.fromisoformat(row["LastModifiedDate"]).astimezone(UTC),
        row["IsDeleteMarker"] == "true",
    )


def _is_report_id(name: str) -> bool:
    try:
        report_time(name)
    except ValueError:
        return False
    return True

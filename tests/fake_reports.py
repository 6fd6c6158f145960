"""Reports of S3 Inventory: in memory, and written to a bucket as S3 writes them. Both pass tests/contract."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from functions.domain.reports import DamagedReport, Report, ReportFile, report_time
from functions.domain.storage import ObjectVersion

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SCHEMA = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate"
"""Columns in the order in which S3 writes them (Amazon S3 User Guide, Amazon S3 Inventory list)."""


@dataclass
class InMemoryReports:
    """Implements `functions.domain.reports.InventoryReports`."""

    _files: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _rows: dict[str, Sequence[ObjectVersion]] = field(default_factory=dict)
    _damaged_rows: dict[str, int] = field(default_factory=dict)

    def add(self, prefix: str, report_id: str, *files: Sequence[ObjectVersion]) -> None:
        """Adds a complete report."""
        keys = [f"{prefix}{report_id}/{number}" for number in range(len(files))]
        self._files[prefix, report_id] = keys
        self._rows.update(zip(keys, files, strict=True))

    def damage_manifest(self, prefix: str, report_id: str) -> None:
        self._files[prefix, report_id] = []
        self._damaged_rows[f"{prefix}{report_id}"] = 0

    def damage_file(self, prefix: str, report_id: str, number: int, row: int = 0) -> None:
        """Makes a file unreadable from this row on."""
        self._damaged_rows[self._files[prefix, report_id][number]] = row

    def delete(self, prefix: str, report_id: str) -> None:
        """Deletes the report, as its lifecycle rule does."""
        for key in self._files.pop((prefix, report_id)):
            del self._rows[key]

    def find_newest(self, prefix: str) -> str | None:
        return max((each for known, each in self._files if known == prefix), default=None)

    def get(self, prefix: str, report_id: str) -> Report:
        if (prefix, report_id) not in self._files or f"{prefix}{report_id}" in self._damaged_rows:
            raise DamagedReport("The manifest is missing or damaged.")
        files = (ReportFile(key, 1, "") for key in self._files[prefix, report_id])
        return Report(report_id, tuple(files), ())

    def read(self, report: Report, file: ReportFile, start: int) -> Iterator[ObjectVersion]:
        if file.key not in self._rows:
            raise DamagedReport("The file is missing.")
        end = self._damaged_rows.get(file.key)
        yield from self._rows[file.key][start:end]
        if end is not None:
            raise DamagedReport("The file is damaged.")


@dataclass(frozen=True)
class ReportBucket:
    """The bucket of the reports about the bucket `source`, written as S3 writes them."""

    client: "S3Client"
    name: str
    source: str

    def add(self, prefix: str, report_id: str, *files: Sequence[ObjectVersion]) -> None:
        """Adds a complete report."""
        entries = [
            self._add_file(f"{self.source}/{prefix}data/{report_id}-{number}.csv.gz", rows)
            for number, rows in enumerate(files)
        ]
        manifest = {
            "sourceBucket": self.source,
            "destinationBucket": f"arn:aws:s3:::{self.name}",
            "version": "2016-11-30",
            "creationTimestamp": str(int(report_time(report_id).timestamp() * 1000)),
            "fileFormat": "CSV",
            "fileSchema": SCHEMA,
            "files": entries,
        }
        self.put_manifest(prefix, report_id, manifest)

    def put_manifest(self, prefix: str, report_id: str, manifest: dict[str, Any]) -> None:
        body = json.dumps(manifest).encode()
        self.put(self.manifest_key(prefix, report_id), body)
        checksum = hashlib.md5(body).hexdigest().encode()
        self.put(f"{self.source}/{prefix}{report_id}/manifest.checksum", checksum)

    def manifest_key(self, prefix: str, report_id: str) -> str:
        return f"{self.source}/{prefix}{report_id}/manifest.json"

    def manifest(self, prefix: str, report_id: str) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads(self.body(self.manifest_key(prefix, report_id)))
        return manifest

    def put(self, key: str, body: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=body)

    def body(self, key: str) -> bytes:
        return self.client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def damage_manifest(self, prefix: str, report_id: str) -> None:
        self.put(self.manifest_key(prefix, report_id), b'{"files": []}')

    def delete(self, prefix: str, report_id: str) -> None:
        for name in ("manifest.json", "manifest.checksum"):
            self.client.delete_object(Bucket=self.name, Key=f"{self.source}/{prefix}{report_id}/{name}")

    def _add_file(self, key: str, rows: Sequence[ObjectVersion]) -> dict[str, Any]:
        body = gzip.compress("".join(_lines(self.source, rows)).encode())
        self.put(key, body)
        return {"key": key, "size": len(body), "MD5checksum": hashlib.md5(body).hexdigest()}


def _lines(source: str, rows: Sequence[ObjectVersion]) -> Iterator[str]:
    """Yields the lines of a file: every value in quotes, and the key URL-encoded."""
    for row in rows:
        out = io.StringIO()
        time = row.last_modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        version = "" if row.version == "null" else row.version
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(
            [source, quote_plus(row.key, safe="/"), version, "true", str(row.is_marker).lower(), 3, time]
        )
        yield out.getvalue()

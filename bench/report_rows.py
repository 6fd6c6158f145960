"""CPU time of 1,000 rows of a report of S3 Inventory and of a page of 1,000 listed versions: `python -m bench.report_rows`.

Both adapters are the real ones, and so is the client of S3. Its responses are made here, so no time is spent waiting.
"""

import gzip
import hashlib
import io
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from bench.table import Row, report
from functions.adapters.s3.inventory import S3BucketInventory
from functions.adapters.s3.reports import S3InventoryReports
from functions.domain.keys import DOCUMENTS, documents_key
from functions.domain.reports import Report, ReportFile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BENCH = "report of S3 Inventory"
ROWS, ROUNDS = 100_000, 5
_COLUMNS = ("Bucket", "Key", "VersionId", "IsLatest", "IsDeleteMarker", "Size", "LastModifiedDate")
_TIME = "2026-11-28T00:00:00.000Z"


def rows() -> Iterator[Row]:
    list_page, read_file = _lister(), _reader()
    listed = statistics.median(_measure(list_page) for _ in range(ROUNDS))
    read = statistics.median(_measure(read_file) for _ in range(ROUNDS)) * 1_000 / ROWS
    yield Row(BENCH, "1,000 rows of a report", read, "ms CPU")
    yield Row(BENCH, "a page of 1,000 listed versions", listed, "ms CPU", read / listed)


def _measure(call: Callable[[], None]) -> float:
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1e3


def _versions(number: int) -> Iterator[tuple[str, str]]:
    """Yields keys and versions that compress as little as real ones."""
    for each in range(number):
        noise = hashlib.sha512(str(each).encode()).hexdigest()
        document_id = f"{noise[:8]}-{noise[8:12]}-7{noise[12:15]}-8{noise[15:18]}-{noise[18:30]}"
        yield documents_key(noise[32:64], document_id), noise[64:96]


def _lister() -> Callable[[], None]:
    inventory = S3BucketInventory(_client(_LISTING), "a-bucket")

    def list_page() -> None:
        assert len(inventory.list_versions(DOCUMENTS).entries) == 1_000

    return list_page


def _reader() -> Callable[[], None]:
    file = ReportFile("data/file.csv.gz", len(_FILE), hashlib.md5(_FILE).hexdigest())
    reports = S3InventoryReports(cast(Any, _StoredFile()), "reports", "a-bucket")

    def read() -> None:
        assert sum(1 for _ in reports.read(Report("", (file,), _COLUMNS), file, 0)) == ROWS

    return read


class _StoredFile:
    """The two operations of a client of S3 on one file."""

    def head_object(self, **_request: str) -> dict[str, Any]:
        return {"ContentLength": len(_FILE), "ETag": '"etag"'}

    def get_object(self, *, Range: str, **_request: str) -> dict[str, Any]:  # noqa: N803 - S3's own name
        first, last = map(int, Range.removeprefix("bytes=").split("-"))
        return {"Body": io.BytesIO(_FILE[first : last + 1])}


class _Body(io.BytesIO):
    """The raw body of a response, as botocore reads it."""

    def stream(self, **_options: Any) -> Iterator[bytes]:
        yield self.read()


def _client(body: bytes) -> "S3Client":
    client = boto3.client("s3", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")

    def respond(request: Any, **_: Any) -> Any:
        headers = HTTPHeaders.from_pairs([("content-type", "application/xml")])
        return AWSResponse(request.url, 200, headers, _Body(body))

    client.meta.events.register("before-send.s3", respond)
    return client


def _to_xml(key: str, version: str) -> str:
    return (
        f"<Version><Key>{key}</Key><VersionId>{version}</VersionId><IsLatest>true</IsLatest>"
        f"<LastModified>{_TIME}</LastModified><ETag>&quot;{version}&quot;</ETag>"
        "<ChecksumAlgorithm>SHA256</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
        f"<Size>2000000</Size><StorageClass>STANDARD</StorageClass><Owner><ID>{version * 2}</ID></Owner></Version>"
    )


_LISTING = (
    '<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>'
    + "".join(_to_xml(*each) for each in _versions(1_000))
    + "</ListVersionsResult>"
).encode()
_FILE = gzip.compress(
    "".join(
        f'"a-bucket","{key}","{version}","true","false","2000000","{_TIME}"\n'
        for key, version in _versions(ROWS)
    ).encode()
)

if __name__ == "__main__":
    sys.exit(report(list(rows())))

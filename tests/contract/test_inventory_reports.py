"""The contract of `InventoryReports`, in S3 and in memory."""

from datetime import timedelta
from typing import Any

import pytest

from functions.adapters.s3.reports import S3InventoryReports
from functions.domain.keys import DOCUMENTS, RENDITIONS
from functions.domain.reports import DamagedReport, report_time
from functions.domain.storage import ObjectVersion
from tests.examples import NOW
from tests.fake_reports import InMemoryReports, ReportBucket

FIRST, SECOND = "2026-11-21T00-00Z", "2026-11-28T00-00Z"
ROWS = [ObjectVersion(f"documents/{number}", f"v{number}", NOW) for number in range(5)]


@pytest.fixture(params=["in memory", "in S3"])
def store(request: pytest.FixtureRequest) -> Any:
    """The reports, and the object that writes and damages them."""
    if request.param == "in memory":
        reports = InMemoryReports()
        return reports, reports
    bucket = request.getfixturevalue("bucket")
    writer = ReportBucket(bucket.client, bucket.name, "the-source")
    return S3InventoryReports(bucket.client, bucket.name, "the-source"), writer


def test_without_a_report_there_is_no_newest_one(store: Any) -> None:
    reports, writer = store
    writer.add(RENDITIONS, FIRST, [])
    assert reports.find_newest(DOCUMENTS) is None


def test_the_newest_report_is_that_which_began_last(store: Any) -> None:
    reports, writer = store
    writer.add(DOCUMENTS, SECOND, ROWS)
    writer.add(DOCUMENTS, FIRST, [])
    assert reports.find_newest(DOCUMENTS) == SECOND
    assert reports.get(DOCUMENTS, SECOND).started_at == report_time(SECOND)


def test_every_row_of_every_file_is_read(store: Any) -> None:
    reports, writer = store
    rows = [
        ObjectVersion("documents/a b/ü+12%2B", "null", NOW),
        ObjectVersion("documents/k", "v2", NOW - timedelta(days=400), is_marker=True),
    ]
    writer.add(DOCUMENTS, FIRST, rows, ROWS)
    report = reports.get(DOCUMENTS, FIRST)
    assert [[*reports.read(report, file, 0)] for file in report.files] == [rows, ROWS]


@pytest.mark.parametrize("start", [0, 1, 5, 6])
def test_a_file_is_read_from_any_row(store: Any, start: int) -> None:
    reports, writer = store
    writer.add(DOCUMENTS, FIRST, ROWS)
    report = reports.get(DOCUMENTS, FIRST)
    assert [*reports.read(report, report.files[0], start)] == ROWS[start:]


def test_a_report_that_is_gone_is_damaged(store: Any) -> None:
    reports, writer = store
    writer.add(DOCUMENTS, FIRST, ROWS)
    writer.delete(DOCUMENTS, FIRST)
    assert reports.find_newest(DOCUMENTS) is None
    with pytest.raises(DamagedReport):
        reports.get(DOCUMENTS, FIRST)


def test_a_damaged_manifest_is_found_and_cannot_be_read(store: Any) -> None:
    reports, writer = store
    writer.add(DOCUMENTS, FIRST, ROWS)
    writer.damage_manifest(DOCUMENTS, FIRST)
    assert reports.find_newest(DOCUMENTS) == FIRST
    with pytest.raises(DamagedReport):
        reports.get(DOCUMENTS, FIRST)

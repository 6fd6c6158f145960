"""The bills of documents with steps. docs/benchmarks.md has the figures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.flows import measure_single_put
from bench.in_process import InProcessFunctions, run_in_process
from bench.prices import Bill
from bench.step_cost import KINDS, TABLE, process_review, scan_of, work_of
from bench.stub import SIZE
from bench.tables import MB, write_file


@pytest.fixture(scope="module")
def functions() -> Iterator[InProcessFunctions]:
    with run_in_process(KINDS) as running:
        yield running


@pytest.fixture(scope="module")
def plain(functions: InProcessFunctions) -> Bill:
    """The bill of a document without a step."""
    return measure_single_put(functions)


def test_a_scan_is_billed_by_the_object_and_by_the_gigabyte(
    functions: InProcessFunctions, plain: Bill
) -> None:
    bill = measure_single_put(functions, scan_of(SIZE), kind="scanned")
    assert bill.lines()["GuardDuty"] == pytest.approx(215 + 180)
    assert (bill.sqs - plain.sqs, bill.invocations - plain.invocations) == (6, 2)
    assert bill.s3 - plain.s3 == {"GetObject": 2}


def test_a_document_without_a_step_has_no_line_for_guardduty(plain: Bill) -> None:
    assert "GuardDuty" not in plain.lines()


def test_a_review_has_a_task_that_nobody_receives_and_a_verdict(
    functions: InProcessFunctions, plain: Bill
) -> None:
    bill = measure_single_put(functions, process_review, kind="reviewed")
    assert (bill.sqs - plain.sqs, bill.invocations - plain.invocations) == (4, 1)


def test_a_kind_that_reports_duplicates_writes_the_digest_in_the_transaction(
    functions: InProcessFunctions, plain: Bill
) -> None:
    bill = measure_single_put(functions, kind="reporting")
    assert (bill.write_units - plain.write_units, bill.sqs - plain.sqs) == (3, 0)


def test_a_worker_is_billed_for_its_requests_and_its_time(
    functions: InProcessFunctions, plain: Bill, tmp_path: Path
) -> None:
    file = tmp_path / "contacts.csv"
    write_file(file, MB)
    request = {"kind": "contacts", "fileName": "contacts.csv", "contentType": "text/csv"}
    bill = measure_single_put(functions, work_of(TABLE, file), size=file.stat().st_size, **request)
    assert (bill.s3 - plain.s3)["HeadObject"] == 1
    assert (bill.s3 - plain.s3)["PutObject"] == 3  # rows, report and rejected
    assert bill.invocations - plain.invocations == 2
    assert bill.worker_gb_seconds > 0
    assert bill.storage_gb_seconds > bill.worker_gb_seconds

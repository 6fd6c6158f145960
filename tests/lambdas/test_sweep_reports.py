"""The function `sweeps` in a deployment with S3 Inventory: from the schedule to the rows of a report."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from functions import wiring
from functions.domain.keys import DOCUMENTS, RENDITIONS, documents_key, owner_key
from functions.domain.reports import report_id
from functions.domain.slices import REPORTS
from functions.domain.storage import ObjectVersion
from functions.lambdas import sweeps
from functions.log import logger
from tests.examples import an_id
from tests.fake_reports import ReportBucket
from tests.lambdas.account import REGION, Account
from tests.lambdas.events import SLICES_QUEUE, Context, sqs_event, sqs_message
from tests.lambdas.test_sweep_slices import SCHEDULED
from tests.moto_resources import create_bucket

DAY = timedelta(days=1)


@pytest.fixture
def reports(account: Account, deploy: Callable[..., None]) -> ReportBucket:
    name = f"reports-of-{account.bucket}"
    create_bucket(name, REGION)
    deploy(reports_bucket=name)
    return ReportBucket(account.s3, name, account.bucket)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """The lines that the functions log."""
    handler, out = logger.handlers[0], io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(out)
    yield out
    handler.setStream(before)


def sweep(account: Account, prefix: str = "") -> list[str]:
    """Starts a sweep, delivers the slices of a prefix until none is left, and returns the names of those that were delivered."""
    sweeps.lambda_handler(SCHEDULED, Context())
    names = []
    while bodies := account.drain_slices():
        for body in (body for body in bodies if json.loads(body)["slice"].startswith(prefix)):
            names.append(json.loads(body)["slice"])
            result = sweeps.lambda_handler(sqs_event([sqs_message(body, queue=SLICES_QUEUE)]), Context())
            assert result == {"batchItemFailures": []}
    return names


def orphans(account: Account) -> list[str]:
    items = account.dynamodb.scan(TableName=account.settings.table)["Items"]
    return [item["sk"]["S"] for item in items if item["pk"]["S"] == "ORPHAN"]


def test_an_object_without_a_record_is_found_by_the_report_and_one_that_is_gone_is_not(
    account: Account, reports: ReportBucket, lines: io.StringIO
) -> None:
    stored = documents_key(owner_key("nobody"), an_id())
    version = account.s3.put_object(Bucket=account.bucket, Key=stored, Body=b"x")["VersionId"]
    old = wiring.now() - 2 * DAY
    rows = [ObjectVersion(stored, version, old), ObjectVersion(stored, "gone", old)]
    reports.add(DOCUMENTS, report_id(wiring.now()), rows)
    names = sweep(account)
    assert not [name for name in names if name.startswith((DOCUMENTS, RENDITIONS))]
    [entry] = orphans(account)
    assert version in entry
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    ages = {line["prefix"]: line["age_seconds"] for line in logged if line["message"] == "report"}
    assert {*ages} == {DOCUMENTS, RENDITIONS}
    assert ages[DOCUMENTS] in range(120)
    assert sum(line.get("outcomes", {}).get("orphan_reported", 0) for line in logged) == 1


def test_a_damaged_report_is_logged_as_an_error_and_the_sweep_goes_on(
    account: Account, reports: ReportBucket, lines: io.StringIO
) -> None:
    made = report_id(wiring.now())
    reports.add(DOCUMENTS, made, [])
    reports.damage_manifest(DOCUMENTS, made)
    sweep(account)
    damage = [json.loads(line) for line in lines.getvalue().splitlines() if "damaged_report" in line]
    [first, *_] = [line for line in damage if line["message"] == "damaged_report"]
    assert (first["level"], first["prefix"], first["report"]) == ("ERROR", DOCUMENTS, made)


def test_slices_of_reports_end_when_the_deployment_no_longer_reads_them(
    account: Account, reports: ReportBucket, deploy: Callable[..., None]
) -> None:
    assert sweep(account, REPORTS)
    deploy(reports_bucket="")
    assert sweep(account, REPORTS)
    assert not sweep(account, REPORTS)

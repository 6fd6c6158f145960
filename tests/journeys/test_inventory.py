"""A deployment with S3 Inventory: the role of `sweeps` reads the reports, and both of its rights to them are needed.

The emulator ignores the inventories of the template and never writes a report, so the test writes one.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.domain.keys import DOCUMENTS
from functions.domain.reports import report_id
from functions.domain.storage import ObjectVersion
from local.stack import LocalStack
from tests.fake_reports import ReportBucket
from tests.journeys.admin_client import AdminClient
from tests.journeys.edge_front import start_shared_stack
from tests.journeys.event_sources import EventSources
from tests.journeys.roles import Permission, Roles

ORPHAN = f"{DOCUMENTS}an object without a record"


@pytest.fixture(scope="module")
def with_inventory() -> Iterator[LocalStack]:
    with start_shared_stack(inventory="true") as running:
        yield running


def read_report(admin: AdminClient) -> Any:
    """Delivers a slice that reads the report of documents, as the queue does."""
    message = {
        "messageId": "1",
        "receiptHandle": "none",
        "body": json.dumps({"slice": "reports/documents/0", "turn": 0}),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
        "messageAttributes": {},
        "eventSourceARN": admin.queue_arn("SweepSlices"),
        "eventSource": "aws:sqs",
    }
    return admin.invoke("Sweeps", {"Records": [message]})


def is_reported(admin: AdminClient) -> bool:
    items = admin.client("dynamodb").scan(TableName=admin.stack.table)["Items"]
    return any(item["pk"]["S"] == "ORPHAN" and ORPHAN in item["sk"]["S"] for item in items)


def test_sweeps_reads_a_report_with_both_of_its_rights_and_not_without(with_inventory: LocalStack) -> None:
    admin, roles = AdminClient(with_inventory), Roles(with_inventory)
    s3, source = admin.client("s3"), with_inventory.bucket
    [reports] = [each["Name"] for each in s3.list_buckets()["Buckets"] if "inventory" in each["Name"]]
    version = s3.put_object(Bucket=source, Key=ORPHAN, Body=b"x")["VersionId"]
    row = ObjectVersion(ORPHAN, version, datetime.now(UTC) - timedelta(days=2))
    ReportBucket(s3, reports, source).add(DOCUMENTS, report_id(datetime.now(UTC)), [row])
    rights = {each for each in roles.list_permissions() if each.resource == "reports"}
    assert rights == {Permission("Sweeps", action, "reports") for action in ("s3:ListBucket", "s3:GetObject")}
    # A slice that met a fault is sent anew.
    with EventSources(admin.client("lambda")).pause("SweepSlices"):
        for right in rights:
            with roles.remove(right):
                read_report(admin)
                assert not is_reported(admin), right
        assert read_report(admin) == {"batchItemFailures": []}
    assert is_reported(admin)

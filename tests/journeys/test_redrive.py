"""The operator's command on the local stack: several documents fail, and one command redrives them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.adapters.dynamodb.items import document_from_item, document_to_item
from functions.domain.codes import Code
from functions.domain.document import HistoryEntry, Status
from local.stack import LocalStack
from tests.examples import NOW
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.files import png
from tests.journeys.operate_command import OperateCommand

Operate = Callable[..., str]


@pytest.fixture
def operate(stack: LocalStack) -> Operate:
    """Runs the command against the local stack, and returns what it prints."""
    return OperateCommand(stack).run


def fail_document(ada: ApiClient, admin: AdminClient, event_sources: EventSources) -> str:
    """Uploads a file and writes that all attempts on it were in vain. Returns the id of the document."""
    data = png()
    created = ada.create(data, "a.png", "image/png")
    document_id = str(created["document"]["id"])
    with event_sources.pause():
        assert ada.put(created["upload"], data).status_code == 200
        admin.lose_event()
    document = document_from_item(admin.get_item(document_id))
    listed = admin.client("s3").list_object_versions(Bucket=admin.stack.bucket, Prefix=document.staging_key)
    [staged] = [version["VersionId"] for version in listed["Versions"]]
    entries = (
        HistoryEntry(Status.PROCESSING, NOW),
        HistoryEntry(Status.FAILED, NOW, Code.ATTEMPTS_EXHAUSTED),
    )
    failed = replace(
        document,
        status=Status.FAILED,
        reason=Code.ATTEMPTS_EXHAUSTED,
        staged_version=staged,
        history=(*document.history, *entries),
    )
    admin.client("dynamodb").put_item(TableName=admin.stack.table, Item=document_to_item(failed))
    return document_id


def test_one_command_redrives_all_documents_that_have_failed(
    operate: Operate, ada: ApiClient, admin: AdminClient, event_sources: EventSources
) -> None:
    ids = [fail_document(ada, admin, event_sources) for _ in range(3)]
    listed = operate("failed", "--code", "attempts_exhausted")
    assert {line.split("\t")[-1] for line in listed.splitlines()} == {*ids}
    selection = ("--since", NOW.isoformat(), "--kind", "image")
    assert operate("redrive", *selection, "--dry-run").split() == ["3", "would", "be", "redriven"]
    assert operate("redrive", *selection).split() == ["3", "redriven"]
    for document_id in ids:
        assert ada.wait_until_processed(document_id)["status"] == "ready"
    assert operate("redrive", *selection) == "No failed document is selected.\n"

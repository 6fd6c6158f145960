"""The command `events replay` on moto: what could not be published, and the last change of records, through the service `publish`."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from functions.adapters.dynamodb.attributes import from_item
from functions.adapters.dynamodb.items import document_to_item
from functions.adapters.dynamodb.stream import StreamReader, read_record
from functions.domain.changes import Change
from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.document_events import DocumentEvent
from functions.services.publish import PublishService
from operate.__main__ import main
from operate.commands import events
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.event_failures import PREFIX, EventFailures
from operate.event_replay import Replay, changed_since, is_changed_since, split, to_stream_record
from operate.records import Records
from operate.search import search
from operate.stored import StoredObjects
from tests.examples import BUCKET, NOW, a_document, a_document_at_rest, an_id
from tests.moto_account import Bucket, Table
from tests.operate.conftest import OWNER
from tests.owner_content import OwnerContent

OTHER = "f" * 32


@dataclass
class Publish:
    """The function `publish` without Lambda. It fails as long as `is_down`."""

    is_down: bool = False
    sent: list[tuple[Change, DocumentEvent]] = field(default_factory=list)

    def send(self, events: Sequence[tuple[Any, Any]]) -> int | None:
        if self.is_down:
            return 0
        self.sent += events
        return None

    def invoke(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        payload = json.loads(json.dumps(payload))
        failed = PublishService(StreamReader({}), self, BUCKET).publish(payload["Records"])
        return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}


@pytest.fixture
def failures(bucket: Bucket) -> EventFailures:
    return EventFailures(StoredObjects(bucket.client, bucket.name))


def put(failures: EventFailures, time: str, *documents: Document) -> None:
    """Writes an object as Lambda does: the event is a string."""
    records = [to_stream_record(from_item(document_to_item(document))) for document in documents]
    content = {"version": "1.0", "payload": json.dumps({"Records": records})}
    key = f"{PREFIX}mapping/shard-{len(documents)}/2026/11/29/{time}-random"
    failures.objects.client.put_object(
        Bucket=failures.objects.bucket, Key=key, Body=json.dumps(content).encode()
    )


def test_failures_are_published_oldest_first_and_deleted(failures: EventFailures) -> None:
    put(failures, "2026-11-29T11.00.00", a_document(sequence=2))
    put(failures, "2026-11-29T10.00.00", a_document(sequence=1), a_document(id=an_id(1)))
    publish = Publish()
    assert [*Replay(publish).send_failures(failures)] == [2, 1]
    assert [event.sequence for _, event in publish.sent if event.id == an_id()] == [1, 2]
    assert [*failures.list()] == []


def test_what_the_bus_does_not_take_stays_in_the_bucket(failures: EventFailures) -> None:
    put(failures, "2026-11-29T10.00.00", a_document())
    with pytest.raises(OperateError, match="did not take the record"):
        [*Replay(Publish(is_down=True)).send_failures(failures)]
    assert len([*failures.list()]) == 1


def test_an_object_that_lambda_has_not_written_is_an_error_and_stays(failures: EventFailures) -> None:
    failures.objects.client.put_object(Bucket=failures.objects.bucket, Key=f"{PREFIX}x", Body=b"{}")
    with pytest.raises(OperateError, match=r"x is no batch of changes"):
        [*failures.list()]


def test_the_records_of_an_erased_owner_are_removed_and_others_stay(failures: EventFailures) -> None:
    put(failures, "2026-11-29T10.00.00", a_document(owner=OWNER), a_document(owner=OTHER, id=an_id(1)))
    put(failures, "2026-11-29T11.00.00", a_document(owner=OWNER))
    assert [failures.remove_owner(each, OWNER) for each in failures.list()] == [1, 1]
    [left] = failures.list()
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in left.records] == [OTHER]
    publish = Publish()
    assert [*Replay(publish).send_failures(failures)] == [1]


@pytest.fixture
def with_events(session: boto3.Session, table: Table, bucket: Bucket) -> Iterator[Deployment]:
    """A stack whose outputs name a bucket of failures."""
    outputs = {"Table": table.name, "Bucket": bucket.name, "EventFailures": bucket.name}
    template = {
        "Resources": {"Any": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "any"}}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    cloudformation = session.client("cloudformation")
    cloudformation.create_stack(StackName="Airlock-events", TemplateBody=json.dumps(template))
    yield Deployment(stack="Airlock-events", session=session)
    cloudformation.delete_stack(StackName="Airlock-events")


def test_an_export_has_what_could_not_be_published(
    with_events: Deployment, failures: EventFailures, tmp_path: Path
) -> None:
    put(failures, "2026-11-29T10.00.00", a_document(owner=OWNER, title="Mine"), a_document(owner=OTHER))
    assert main(["--stage", "events", "export", "--owner", OWNER, str(tmp_path)], with_events) == 0
    [line] = (tmp_path / "unpublished.ndjson").read_text().splitlines()
    assert (json.loads(line)["pk"], json.loads(line)["title"]) == (OWNER, "Mine")


def test_doctor_counts_what_could_not_be_published(
    with_events: Deployment, failures: EventFailures, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--stage", "events", "doctor", "--check", "event-failures"]
    assert main(words, with_events) == 0
    put(failures, "2026-11-29T10.00.00", a_document())
    assert main(words, with_events) == 1
    assert "has changes that subscribers miss, in so many batches: 1" in capsys.readouterr().out


def test_the_last_change_of_every_document_of_an_owner_is_published(
    content: OwnerContent, table: Table
) -> None:
    documents = content.fill()
    publish = Publish()
    records = Records(table.client, table.name)
    assert sum(Replay(publish).send_documents(records.list_documents(OWNER))) == len(documents)
    sent = {event.id: (change.value, event.status) for change, event in publish.sent}
    assert sent.keys() == {document.id for document in documents}
    ready = next(document for document in documents if document.status is Status.READY)
    assert sent[ready.id] == ("ready", "ready")


@pytest.mark.parametrize(
    ("statuses", "change"),
    [
        ([Status.PENDING], Change.CREATED),
        ([Status.PENDING, Status.PROCESSING, Status.READY], Change.READY),
        ([Status.PENDING, Status.PROCESSING, Status.READY, Status.DELETED, Status.READY], Change.RESTORED),
    ],
    ids=lambda value: str(value),
)
def test_a_restored_document_is_told_from_one_that_became_ready(
    statuses: list[Status], change: Change
) -> None:
    history = tuple(HistoryEntry(status, NOW) for status in statuses)
    renamed = HistoryEntry(statuses[-1], NOW, changed=("title",))
    document = replace(a_document_at_rest(statuses[-1]), history=(*history, renamed))
    found = read_record(to_stream_record(from_item(document_to_item(document))))
    assert found is not None
    assert (found.change, found.document) == (change, document)


def test_documents_are_selected_by_the_time_of_their_last_write(content: OwnerContent, table: Table) -> None:
    [first, *_] = content.fill()
    records = Records(table.client, table.name)
    for delay, expected in ((-1, 9), (0, 9), (1, 0)):
        since = first.updated_at + timedelta(seconds=delay)
        found = [record for record in records.list_owner(OWNER) if is_changed_since(record, since)]
        scanned = [*search(records, changed_since(since))]
        assert bool(found) == bool(expected), delay
        assert {each["sk"] for each in scanned} == {each["sk"] for each in found}


def test_a_batch_is_one_that_lambda_takes() -> None:
    small = [{"dynamodb": {"n": number}} for number in range(250)]
    assert [len(batch) for batch in split(small)] == [100, 100, 50]
    large = [{"dynamodb": {"text": "x" * 3_000_000}} for _ in range(3)]
    assert [len(batch) for batch in split(large)] == [1, 1, 1]


def test_a_deployment_without_events_has_nothing_to_publish(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--stage", "test", "events", "replay"], deployment) == 1
    assert "deploy it with events=true" in capsys.readouterr().out


def test_one_document_needs_no_time() -> None:
    errors: list[str] = []
    arguments = argparse.Namespace(
        action="replay", document="x", since=NOW, owner=None, forward=None, count=None
    )
    assert events.COMMAND.check_arguments is not None
    events.COMMAND.check_arguments(arguments, errors.append)
    assert errors == ["--since is for several documents; --document names one"]

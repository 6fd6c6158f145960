"""The command `rescan` on moto: what it selects, what it sends, and how it counts the verdicts."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from jsonschema import validate

from functions.adapters.dynamodb.items import document_to_item
from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.rescans import RescanVerdict
from functions.domain.steps import StepRecord, StepStatus
from functions.features.scan.definition import CLAMAV, GUARDDUTY, MAX_BYTES
from functions.messages import step_tasks
from local.aws import ROOT
from operate.__main__ import main
from operate.commands import rescan as command
from operate.deployment import Deployment
from operate.records import Records
from operate.rescan import Selection, StoredDocument, Wait, select, send_tasks
from tests.examples import BUCKET, NOW, a_document, an_id
from tests.moto_account import Table
from tests.operate.conftest import OWNER

DAY = timedelta(days=1)
SCANNED = StepRecord(name="scan", status=StepStatus.PASSED, at=NOW, attempt=1)
HISTORY = (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.READY, NOW))
DELETED = {"status": Status.DELETED, "history": (*HISTORY, HistoryEntry(Status.DELETED, NOW))}
RETITLED = HistoryEntry(Status.READY, NOW, changed=("title",))
REJECTED_COPY = (
    HistoryEntry(Status.PENDING, NOW),
    HistoryEntry(Status.REJECTED, NOW, "duplicate"),
    HistoryEntry(Status.DELETED, NOW),
)
READY: dict[str, Any] = {"owner": OWNER, "attempt": 1, "status": Status.READY, "history": HISTORY}


@pytest.fixture
def records(table: Table) -> Records:
    return Records(table.client, table.name)


@pytest.fixture
def store(table: Table) -> Callable[..., Document]:
    """Writes a document that is ready, and returns it."""

    def write(number: int = 0, **changes: Any) -> Document:
        values = READY | {"id": an_id(number), "stored_version": f"d{number}"} | changes
        document = a_document(**values)
        table.client.put_item(TableName=table.name, Item=document_to_item(document))
        return document

    return write


def a_stored_document(number: int = 0, **changes: Any) -> StoredDocument:
    known = StoredDocument(OWNER, an_id(number), f"d{number}", 70, 1, "image/png", None)
    return replace(known, **changes)


@pytest.mark.parametrize(
    ("changes", "is_selected"),
    [
        ({}, True),
        (DELETED, True),
        ({**DELETED, "history": (*HISTORY, RETITLED, DELETED["history"][-1])}, True),
        ({"stored_version": None}, False),
        ({"status": Status.DELETED, "history": REJECTED_COPY}, False),
        *(({"status": status}, False) for status in Status if status not in (Status.READY, Status.DELETED)),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_clients_can_read_or_restore_is_selected(
    records: Records, store: Callable[..., Document], changes: dict[str, Any], is_selected: bool
) -> None:
    store(**changes)
    assert [found.id for found in select(records, Selection())] == [an_id()] * is_selected


@pytest.mark.parametrize(
    ("selection", "is_selected"),
    [
        (Selection(since=NOW), True),
        (Selection(since=NOW + timedelta(microseconds=1)), False),
        (Selection(kind="image"), True),
        (Selection(kind="text"), False),
        (Selection(since=NOW + DAY, kind="image"), False),
    ],
    ids=["since", "later", "kind", "another kind", "both"],
)
def test_a_time_and_a_kind_select(
    records: Records, store: Callable[..., Document], selection: Selection, is_selected: bool
) -> None:
    store()
    assert bool([*select(records, selection)]) is is_selected


@pytest.mark.parametrize(
    ("changes", "is_selected"),
    [
        ({}, True),
        ({"steps": (SCANNED,)}, True),
        ({"steps": (replace(SCANNED, at=NOW + DAY),)}, False),
        ({"steps": (replace(SCANNED, name="image", at=NOW + DAY),)}, True),
        ({"steps": (SCANNED,), "rescanned_at": NOW, "rescan_verdict": RescanVerdict.CLEAN}, True),
        ({"steps": (SCANNED,), "rescanned_at": NOW + DAY, "rescan_verdict": RescanVerdict.CLEAN}, False),
        ({"rescanned_at": NOW + DAY, "rescan_verdict": RescanVerdict.INCONCLUSIVE}, False),
    ],
    ids=["never", "earlier", "later", "another step", "rescan earlier", "rescan later", "inconclusive"],
)
def test_what_has_a_newer_verdict_is_left_out(
    records: Records, store: Callable[..., Document], changes: dict[str, Any], is_selected: bool
) -> None:
    store(**changes)
    assert bool([*select(records, Selection(not_scanned_since=NOW + DAY))]) is is_selected


@pytest.fixture
def queue(session: boto3.Session) -> Iterator[str]:
    sqs = session.client("sqs")
    url = sqs.create_queue(QueueName="scan-tasks")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


def test_a_task_names_exactly_the_stored_version(session: boto3.Session, queue: str) -> None:
    sqs = session.client("sqs")
    documents = [a_stored_document(number) for number in range(11)]
    send_tasks(sqs, queue, BUCKET, documents)
    bodies = []
    while received := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in received]
    schema = json.loads((ROOT / "docs/schemas/task.json").read_text("utf-8"))
    for body in bodies:
        validate(json.loads(body), schema)
    tasks = sorted(map(step_tasks.parse, bodies), key=lambda task: task.document_id)
    assert [(task.key, task.version) for task in tasks] == [
        (f"documents/{OWNER}/{an_id(number)}", f"d{number}") for number in range(11)
    ]


class VirtualTime:
    """A clock that the pauses advance, with what happens at the end of each."""

    def __init__(self, *events: Callable[[], object]) -> None:
        self.now, self.events = 0.0, [*events]

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.events:
            self.events.pop(0)()


def wait(records: Records, virtual: VirtualTime, *documents: StoredDocument) -> Wait:
    waiting = Wait(records, timedelta(minutes=1), virtual, virtual.sleep)
    waiting.run(documents)
    return waiting


def test_each_document_is_counted_by_the_verdict_that_its_record_gets(
    records: Records, store: Callable[..., Document]
) -> None:
    def judge(number: int, verdict: RescanVerdict, **changes: Any) -> None:
        store(number, rescanned_at=NOW + DAY, rescan_verdict=verdict, **changes)

    for number in range(6):
        store(number)
    virtual = VirtualTime(
        lambda: judge(0, RescanVerdict.CLEAN),
        lambda: judge(1, RescanVerdict.INFECTED, status=Status.REJECTED),
        lambda: judge(2, RescanVerdict.INCONCLUSIVE),
        lambda: judge(3, RescanVerdict.INFECTED, **DELETED),
        lambda: store(4, status=Status.PURGED),
    )
    ended = wait(records, virtual, *map(a_stored_document, range(6)), a_stored_document(7))
    assert ended.outcomes == Counter(clean=1, infected=2, inconclusive=1, purged=2, lost=1)
    assert [each.id for each in ended.infected] == [an_id(1), an_id(3)]


def test_the_verdict_of_an_earlier_rescan_is_not_counted(
    records: Records, store: Callable[..., Document]
) -> None:
    store(rescanned_at=NOW, rescan_verdict=RescanVerdict.CLEAN)
    earlier = a_stored_document(rescanned_at=NOW.isoformat())
    assert wait(records, VirtualTime(), earlier).outcomes == Counter(lost=1)


def test_two_runs_at_once_count_one_verdict_each(records: Records, store: Callable[..., Document]) -> None:
    """Both have selected the document before its first verdict."""
    store()
    judged = VirtualTime(lambda: store(rescanned_at=NOW, rescan_verdict=RescanVerdict.CLEAN))
    for virtual in (judged, VirtualTime()):
        assert wait(records, virtual, a_stored_document()).outcomes == Counter(clean=1)


def test_the_wait_lasts_as_long_as_verdicts_come(records: Records, store: Callable[..., Document]) -> None:
    documents = [a_stored_document(number) for number in range(20)]
    for number in range(20):
        store(number)
    judging = [
        lambda number=number: store(number, rescanned_at=NOW, rescan_verdict=RescanVerdict.CLEAN)
        for number in range(20)
    ]
    virtual = VirtualTime(*(each for judge in judging for each in (lambda: None, lambda: None, judge)))
    assert wait(records, virtual, *documents).outcomes == Counter(clean=20)
    assert virtual.now > timedelta(minutes=2).total_seconds()


def test_the_price_counts_objects_and_bytes_and_only_guardduty_bills_them() -> None:
    documents = [a_stored_document(size=2_000_000)] * 1_000_000
    assert command.Plan(GUARDDUTY, documents, 0).dollars == pytest.approx(215 + 180)
    assert command.Plan(CLAMAV, documents, 0).dollars == 0


@pytest.fixture
def scanned(deployment: Deployment, queue: str) -> Deployment:
    """The deployment with the queue of a scanner. Without a plan of GuardDuty that is ClamAV."""
    deployment.outputs  # noqa: B018 - reads the description, which is changed below
    outputs = [{"OutputKey": "ScanTasks", "OutputValue": queue}]
    described = dict(deployment._description)
    described["Outputs"] = [*described["Outputs"], *outputs]
    deployment.__dict__["_description"] = described
    return deployment


def run(deployment: Deployment, *words: str) -> int:
    return main(["--stage", "test", "rescan", *words], deployment)


def count_messages(session: boto3.Session, queue: str) -> int:
    attributes = session.client("sqs").get_queue_attributes(
        QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def test_a_dry_run_counts_and_sends_nothing(
    scanned: Deployment,
    session: boto3.Session,
    queue: str,
    store: Callable[..., Document],
    capsys: pytest.CaptureFixture[str],
) -> None:
    store(1, size=1_000)
    store(2, size=MAX_BYTES[CLAMAV])
    store(3, size=MAX_BYTES[CLAMAV] + 1)
    assert run(scanned, "--kind", "image", "--dry-run", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "scanner": CLAMAV,
        "documents": 2,
        "bytes": 1_000 + MAX_BYTES[CLAMAV],
        "tooLarge": 1,
        "dollars": 0.0,
        "dryRun": True,
    }
    assert run(scanned, "--all", "--dry-run") == 0
    assert "2  documents to scan" in capsys.readouterr().out
    assert count_messages(session, queue) == 0


def test_without_documents_nothing_is_sent(scanned: Deployment, session: boto3.Session, queue: str) -> None:
    assert run(scanned, "--kind", "image", "--yes") == 0
    assert count_messages(session, queue) == 0


def test_without_a_scanner_the_command_says_so(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(deployment, "--all", "--yes") == 1
    assert "no kind of this deployment lists the step scan" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--dry-run"],
        ["--all"],
        ["--kind", "image"],
        ["--all", "--kind", "image", "--yes"],
        ["--all", "--dry-run", "--yes"],
        ["--since", "tomorrow", "--yes"],
        ["--all", "--yes", "--wait", "0"],
    ],
    ids=" ".join,
)
def test_words_that_make_no_sense_are_refused(deployment: Deployment, words: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(deployment, *words)
    assert left.value.code == 2

"""Rescans: which stored documents are scanned again, what that costs, and the verdicts that the records then have."""

import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.adapters.dynamodb.items import DOCUMENT_PREFIX
from functions.domain.document import PURGED_STATUSES, Status
from functions.domain.keys import documents_key
from functions.domain.steps import SCAN, StepStatus
from operate.aws_calls import translate_errors
from operate.progress import Progress
from operate.records import Record, Records, document_id
from operate.search import Filter, search

INFECTED, PURGED, LOST = "infected", "purged", "lost"
"""Outcomes besides `clean` and `inconclusive`. The second is of a document that was purged meanwhile."""

_DOLLARS_OF_OBJECT, _DOLLARS_OF_GB = 0.215 / 1_000, 0.09
"""Prices of us-east-1, from a copy of https://aws.amazon.com/guardduty/pricing/ of October 2026."""
_GB = 1_000_000_000

_THREADS, _ROUND = 8, 1_000
"""Requests at the same time, and documents of one round."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 15.0
"""Seconds. The pause doubles while no verdict comes."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Documents that were created since a time, of a kind, without a verdict since another time. None selects all."""

    since: datetime | None = None
    kind: str | None = None
    not_scanned_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document with its original. `rescanned_at` is the time of its latest rescan so far, None without one."""

    owner: str
    id: str
    version: str
    size: int
    attempt: int
    content_type: str | None
    rescanned_at: str | None


def estimate_dollars(documents: Sequence[StoredDocument]) -> float:
    """Returns what GuardDuty bills for scans of these documents."""
    size = sum(document.size for document in documents)
    return len(documents) * _DOLLARS_OF_OBJECT + size / _GB * _DOLLARS_OF_GB


def select(records: Records, selection: Selection) -> Iterator[StoredDocument]:
    """Yields documents that are ready, and deleted ones that can be restored to it. IAM action: dynamodb:Scan.

    A document of which only renditions are kept has nothing to scan. Raises OperateError.
    """
    for record in search(records, _filter(selection)):
        if not _was_ready(record) or _is_scanned(record, selection.not_scanned_since):
            continue
        yield StoredDocument(
            owner=record["pk"],
            id=document_id(record),
            version=record["stored_version"],
            size=record["size"],
            attempt=record["attempt"],
            content_type=record.get("content_type"),
            rescanned_at=record.get("rescanned_at"),
        )


def _filter(selection: Selection) -> Filter:
    conditions = ["begins_with(sk, :prefix)", "attribute_exists(stored_version)"]
    conditions.append("#status IN (:ready, :deleted)")
    names = {"#status": "status"}
    values = {":prefix": DOCUMENT_PREFIX, ":ready": Status.READY.value, ":deleted": Status.DELETED.value}
    if selection.since:
        conditions.append("created_at >= :since")
        values[":since"] = selection.since.astimezone(UTC).isoformat()
    if selection.kind:
        conditions.append("#kind = :kind")
        names["#kind"], values[":kind"] = "kind", selection.kind
    return Filter(" AND ".join(conditions), names, values)


def _was_ready(record: Record) -> bool:
    """False for a deleted document whose stored version is the copy of a rejected one."""
    changes = [entry["status"] for entry in record["history"] if not entry.get("changed")]
    if record["status"] == Status.READY:
        return True
    return len(changes) > 1 and changes[-2] == Status.READY


def _is_scanned(record: Record, since: datetime | None) -> bool:
    """Returns True if the latest verdict, of the upload or of a rescan, is not older."""
    if since is None:
        return False
    passed = StepStatus.PASSED
    verdicts = [
        step["at"] for step in record.get("steps", ()) if (step["name"], step["status"]) == (SCAN, passed)
    ]
    verdicts += [record["rescanned_at"]] if "rescanned_at" in record else []
    return any(datetime.fromisoformat(verdict) >= since for verdict in verdicts)


def send_tasks(client: Any, url: str, bucket: str, documents: Sequence[StoredDocument]) -> None:
    """Sends a task of the scanner for each document. IAM action: sqs:SendMessage. Raises OperateError."""
    progress = Progress("scans requested")

    def send(document: StoredDocument) -> None:
        client.send_message(QueueUrl=url, MessageBody=json.dumps(_build_task(document, bucket)))

    with translate_errors(), ThreadPoolExecutor(_THREADS) as pool:
        for start in range(0, len(documents), _ROUND):
            batch = documents[start : start + _ROUND]
            for _ in pool.map(send, batch):
                progress.add()


def _build_task(document: StoredDocument, bucket: str) -> dict[str, Any]:
    """Returns a task as docs/schemas/task.json describes it."""
    return {
        "documentId": document.id,
        "owner": document.owner,
        "step": SCAN,
        "attempt": document.attempt,
        "bucket": bucket,
        "key": documents_key(document.owner, document.id),
        "versionId": document.version,
        "size": document.size,
        "contentType": document.content_type,
        "parameters": {},
        "deadline": None,
    }


@dataclass
class Wait:
    """Waits for the verdicts. `outcomes` counts them, `infected` has the documents with malware."""

    records: Records
    patience: timedelta
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    outcomes: Counter[str] = field(default_factory=Counter)
    infected: list[StoredDocument] = field(default_factory=list)

    def run(self, documents: Sequence[StoredDocument]) -> None:
        """Ends when every document has a verdict, or when none has come for `patience`. Raises OperateError."""
        waiting, progress = deque(documents), Progress("verdicts")
        pause, heard_at = _SHORTEST_PAUSE, self.clock()
        with ThreadPoolExecutor(_THREADS) as pool:
            while waiting and self.clock() - heard_at < self.patience.total_seconds():
                batch = [waiting.popleft() for _ in range(min(len(waiting), _ROUND))]
                outcomes = zip(batch, pool.map(self._read_outcome, batch), strict=True)
                ended = sum(self._count(document, outcome, waiting) for document, outcome in outcomes)
                progress.add(ended)
                if ended:
                    pause, heard_at = _SHORTEST_PAUSE, self.clock()
                if waiting:
                    self.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
        self.outcomes[LOST] += len(waiting)

    def _count(self, document: StoredDocument, outcome: str | None, waiting: deque[StoredDocument]) -> bool:
        """Returns False for a document without a verdict, which waits for its next turn."""
        if outcome is None:
            waiting.append(document)
            return False
        self.outcomes[outcome] += 1
        if outcome == INFECTED:
            self.infected.append(document)
        return True

    def _read_outcome(self, document: StoredDocument) -> str | None:
        """IAM action: dynamodb:GetItem."""
        record = self.records.get_document(document.owner, document.id)
        if record is None or record["status"] in PURGED_STATUSES:
            return PURGED
        is_new = record.get("rescanned_at") not in (None, document.rescanned_at)
        return str(record["rescan_verdict"]) if is_new else None

"""The erasure of one owner: every record, version, part and report, then a proof that nothing is left.

Each pass deletes the records first, because a function that is at work on a document cannot write without its record.
What such a function or a client with a valid URL still writes to the bucket is found by a later pass. The passes end when
one finds nothing. `settled_at` is the time from which on nothing can arrive any more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.dynamodb.push_connections import PUSH
from functions.domain.document import Status
from functions.domain.lifetimes import (
    EVENT_FAILURE_RETENTION,
    MESSAGE_RETENTION,
    REPORT_RETENTION,
    STREAM_RETENTION,
)
from functions.settings import variable_name
from operate import event_failures
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.progress import Progress
from operate.records import Record, Records, is_document
from operate.stored import StoredObjects, list_prefixes

_PASSES = 10
_URL_LIFETIME = variable_name("url_lifetime")
_LEASE = timedelta(minutes=15)
"""Longest time for which a function works on a document whose lease is not in its record: Lambda's maximum."""


@dataclass
class Erasure:
    """The outcome of an erasure: counts by sort, and the time from which on nothing can arrive any more."""

    owner: str
    deleted: Counter[str] = field(default_factory=Counter)
    passes: int = 0
    settled_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        return self.settled_at is None or self.settled_at <= datetime.now(UTC)


def erase_owner(records: Records, objects: StoredObjects, owner: str, url_lifetime: timedelta) -> Erasure:
    """Deletes everything of an owner. Raises OperateError, also if bytes arrive faster than they are deleted."""
    erasure, progress = Erasure(owner), Progress("items and versions deleted")
    for _ in range(_PASSES):
        found = find_remains(records, objects, owner)
        erasure.passes += 1
        if not found.count():
            return erasure
        _delete(records, objects, found, progress)
        erasure.deleted.update(found.count())
        times = [_settles_at(each, url_lifetime) for each in found.records if is_document(each)]
        erasure.settled_at = max([erasure.settled_at, *times], key=_or_minimum, default=None)
    raise OperateError(
        f"{owner}: bytes or records still arrive after {_PASSES} passes; end the sessions of this user, "
        "and repeat the command"
    )


@dataclass(frozen=True)
class Remains:
    """Everything that exists of an owner."""

    records: list[Record]
    orphans: list[Record]
    versions: list[Any]
    uploads: list[Any]

    def count(self) -> Counter[str]:
        """Counts by sort, without those of which there is nothing."""
        sorts = (_sort_of(record) for record in self.records)
        counts = Counter(sorts)
        counts["orphan reports"] = len(self.orphans)
        counts["unfinished uploads"] = len(self.uploads)
        for version in self.versions:
            counts[f"versions in {version.key.partition('/')[0]}/"] += 1
        return +counts

    @property
    def size(self) -> int:
        return sum(version.size or 0 for version in self.versions)


def find_remains(records: Records, objects: StoredObjects, owner: str) -> Remains:
    """Lists everything that exists of an owner. Raises OperateError."""
    prefixes = list_prefixes(owner)
    return Remains(
        [*records.list_owner(owner), *records.list_connections(owner)],
        [*records.list_owner_orphans(owner)],
        [*objects.list_versions(prefixes)],
        [*objects.list_uploads(prefixes)],
    )


def read_url_lifetime(deployment: Deployment) -> timedelta:
    """Returns the lifetime of URLs to upload, from the settings of a function. IAM action: lambda:GetFunction."""
    sweeps = deployment.sweeps
    try:
        found = sweeps.client.get_function(FunctionName=sweeps.name)["Configuration"]
        return timedelta(seconds=int(found["Environment"]["Variables"][_URL_LIFETIME]))
    except (BotoCoreError, ClientError, KeyError) as error:
        raise OperateError(f"the settings of {sweeps.name} cannot be read: {error}") from error


def list_later(deployment: Deployment) -> Iterator[Mapping[str, str]]:
    """Yields what is kept elsewhere, with the time of its end."""
    now = datetime.now(UTC)
    yield _later(
        "backups of the table (point-in-time recovery)", now + timedelta(days=35), "records with file names"
    )
    yield _later(
        "logs of functions and API",
        now + timedelta(days=30),
        "owner keys, ids, callers; no file names, no URLs",
    )
    yield _later("messages and dead letters", now + MESSAGE_RETENTION, "owner keys and ids")
    if "Reports" in deployment.outputs:
        yield _later("reports of S3 Inventory", now + REPORT_RETENTION, "keys and sizes of objects")
    if event_failures.OUTPUT in deployment.outputs:
        yield _later(
            "changes that wait for the event bus, or could not be published",
            now + STREAM_RETENTION + EVENT_FAILURE_RETENTION,
            "records with file names",
        )
    if "AuditBucket" in deployment.outputs:
        yield {
            "what": "the audit trail",
            "until": "its locks end (auditDays); nobody can delete it earlier",
            "contains": "owner keys, ids, callers; no file names, no URLs",
        }
    if pool := deployment.outputs.get("UserPoolId"):
        yield {
            "what": f"the account of the person in the user pool {pool}",
            "until": "you delete it",
            "contains": "e-mail address",
        }


def _later(what: str, until: datetime, contains: str) -> dict[str, str]:
    return {"what": what, "until": until.date().isoformat(), "contains": contains}


def _delete(records: Records, objects: StoredObjects, found: Remains, progress: Progress) -> None:
    items = [*found.records, *found.orphans]
    for start in range(0, len(items), 100):
        records.delete(items[start : start + 100])
        progress.add(len(items[start : start + 100]))
    objects.abort(found.uploads)
    objects.delete(found.versions)
    progress.add(len(found.uploads) + len(found.versions))


def _settles_at(record: Record, url_lifetime: timedelta) -> datetime | None:
    """Returns the time after which neither a client nor a function can write bytes of this document. None if it is past."""
    now = datetime.now(UTC)
    changes = [entry for entry in record["history"] if not entry.get("changed")]
    left = datetime.fromisoformat(changes[1]["at"]) if len(changes) > 1 else now
    times = [left + url_lifetime + timedelta(minutes=1)]
    if record["status"] in (Status.PROCESSING, Status.COMPLETING, Status.PURGING):
        times.append(now + _LEASE)
    times += [
        datetime.fromisoformat(step["resume_at"]) for step in record.get("steps", []) if "resume_at" in step
    ]
    latest = max(times)
    return latest if latest > now else None


def _sort_of(record: Record) -> str:
    if is_document(record):
        return "documents"
    if record["pk"].startswith(PUSH):
        return "items of push connections"
    return {"USAGE": "usage", "IDEM": "idempotency keys"}.get(record["sk"].partition("#")[0], "other items")


def _or_minimum(time: datetime | None) -> datetime:
    return time or datetime.min.replace(tzinfo=UTC)

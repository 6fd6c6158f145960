"""An account with one client, the queue that S3's events come through, and time, all of which a test can bend."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from types import ModuleType
from typing import Any

import httpx
import pytest

from functions import wiring
from functions.adapters.dynamodb.items import DOCUMENT_PREFIX, document_from_item
from functions.adapters.s3.objects import S3ObjectStore
from functions.domain.document import Document
from functions.domain.effects import COMPLETE_LEASE, LEASE
from functions.domain.events import Transition
from functions.domain.keys import owner_key
from functions.domain.parts import MIB
from functions.domain.quota import Usage
from functions.lambdas import pipeline, purge
from functions.messages import s3_events
from functions.pipeline.promotion import Outcome, Promotion
from strict_s3 import strict_s3_client
from tests.faults.aws_calls import AwsCalls, Kill
from tests.faults.invariants import Snapshot
from tests.interruption import Killed
from tests.lambdas.account import ACCESS_KEY, SECRET, TOKEN, Account, new_account
from tests.lambdas.api import Api, ApiResponse
from tests.lambdas.events import Context, notification, s3_record, sqs_event, sqs_message
from tests.lambdas.sweep_invocations import redrive, sweep, sweep_later

LONG = timedelta(days=8)
"""Longer than any lease, any deadline, and the time in which a delete can be undone."""
_PATIENCE = 20
_COME_LATER = frozenset({"upload_in_progress", "parts_incomplete", "busy", "storage_unavailable"})


Handle = Callable[[str], bool]
"""Handles one message's body; False if it has to come again."""
Message = tuple[Handle, str]


class GaveUp(Exception):  # noqa: N818 - nothing is wrong with that
    """The client got no answer and is never seen again."""


@dataclass
class World:
    """`client_returns` says what a client does that got no answer: ask again, or give up."""

    account: Account
    s3: httpx.Client
    calls: AwsCalls
    kill: Kill = field(default_factory=Kill)
    client_returns: bool = True
    ada: Api = field(default_factory=Api)
    promote: Handle = field(default=lambda body: _handled(pipeline, body))
    messages: list[Message] = field(default_factory=list)
    waited_for: list[int] = field(default_factory=list)
    """The numbers of the calls that a client waited for."""
    _noticed: set[str] = field(default_factory=set)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> ApiResponse:
        """As a client does that insists: again if no answer came, later if it was told to come later."""
        for _ in range(_PATIENCE):
            first = len(self.kill.calls) + 1
            try:
                answer = self.ada.call(method, path, body, headers=headers)
            except Killed:
                self.kill.revive()
                if not self.client_returns:
                    raise GaveUp from None
                continue
            self.waited_for += range(first, len(self.kill.calls) + 1)
            if answer.status < 400 or answer.json["code"] not in _COME_LATER:
                return answer
            self.age(COMPLETE_LEASE)
        raise AssertionError(f"{method} {path} never came to an end: {answer.text}")

    def deliver(self) -> None:
        """Until the queue is empty. What died comes again at once and what failed comes when leases are over."""
        for _ in range(_PATIENCE):
            self.collect()
            if not self.messages:
                return
            handle, body = message = self.messages.pop(0)
            try:
                done = handle(body)
            except Killed:
                self.kill.revive()
                self.messages.append(message)
                continue
            if not done:
                self.messages.append(message)
                self.age(LEASE)
        raise AssertionError(f"never handled: {self.messages}")

    def sweep(self) -> None:
        """The schedule comes round again, whatever became of the last one."""
        self._insist(sweep)

    def redrive(self, document_id: str) -> None:
        """An operator orders it, again if the order came to nothing."""
        order = {"owner": owner_key(self.ada.subject), "documentId": document_id}
        self._insist(lambda: redrive(order))

    def _insist(self, run: Callable[[], object]) -> None:
        try:
            run()
        except Killed:
            self.kill.revive()
            self.age(LEASE)
            run()

    def write_recount(self) -> None:
        """All messages are handled, hours pass, the janitor has looked, and its bucket's lifecycle rule as well.

        Its visit to the owner, which comes within a day, has come too.
        """
        self.deliver()
        if not self.client_returns:
            self.age(LONG)
        self.account.expedite_recounts()
        sweep_later(timedelta(hours=2))
        self.deliver()
        _abort_old_copies(self.account)
        # What was announced has come to an end since: now it is counted.
        assert sweep_later(timedelta(hours=3)) == {}
        before = self.account.snapshot()
        assert sweep_later(timedelta(hours=4)) == {}
        assert (
            self.account.snapshot(),
            [*self.account.drain_upload_events(), *self.account.drain_purge_tasks()],
        ) == (before, [])

    def age(self, by: timedelta) -> None:
        """Time passes: of every record that waits for something, all has record_event `by` earlier, and is due as much sooner."""
        self.account.expedite_recounts(by)
        for document in self.documents():
            if document.next_check_at is not None:
                self.account.repository.apply(Transition(document, _older(document, by)))

    def documents(self) -> list[Document]:
        """With those that clients do not see any more."""
        items = self.account.dynamodb.scan(TableName=self.account.settings.table)["Items"]
        return [document_from_item(item) for item in items if item["sk"]["S"].startswith(DOCUMENT_PREFIX)]

    def versions(self, prefix: str = "") -> list[tuple[str, str]]:
        """(key, version) of all that the bucket holds, newest first."""
        return _versions(self.account, prefix)

    def lose_events(self) -> None:
        """What S3 has told up to now never reaches the queue."""
        self.collect()
        self.messages.clear()

    def snapshot(self) -> Snapshot:
        objects: dict[str, dict[str, bytes]] = {}
        for key, version in _versions(self.account, ""):
            objects.setdefault(key, {})[version] = _body(self.account, key, version)
        documents = self.documents()
        reserved_bytes, opened = self.account.usage(self.ada.subject) if documents else (0, 0)
        return Snapshot(tuple(documents), Usage(reserved_bytes, opened), objects, self._open_uploads())

    def _open_uploads(self) -> dict[str, str]:
        listed = self.account.s3.list_multipart_uploads(Bucket=self.account.bucket)
        return {upload["UploadId"]: upload["Key"] for upload in listed.get("Uploads", [])}

    def collect(self) -> None:
        """S3 tells of each new version in staging once; the functions may have announced some again."""
        for key, version in reversed(_versions(self.account, "staging/")):
            if version not in self._noticed:
                self._noticed.add(version)
                body = notification(s3_record(self.account.bucket, key, version))
                self.messages.append((self.promote, body))
        self.messages += [(self.promote, body) for body in self.account.drain_upload_events()]
        self.messages += [(partial(_handled, purge), body) for body in self.account.drain_purge_tasks()]


def _older(document: Document, by: timedelta) -> Document:
    lease = document.lease_until and document.lease_until - by
    return replace(
        document,
        revision=document.revision + 1,
        updated_at=document.updated_at - by,
        upload_deadline=document.upload_deadline - by,
        lease_until=lease,
        purge_after=document.purge_after and document.purge_after - by,
    )


def _handled(function: ModuleType, body: str) -> bool:
    answer = function.lambda_handler(sqs_event([sqs_message(body)]), Context())
    return not answer["batchItemFailures"]


def through_part_copies(parts_in_time: int) -> Handle:
    """What the handler does, for files that are copied in parts from 1 byte on; S3 wants 5 MiB in a part."""

    def handle(body: str) -> bool:
        [created] = s3_events.parse(body)
        left = [None] * parts_in_time
        outcome = _large_promotion().promote(
            created.key, created.version or "", lambda: not left or bool(left.pop())
        )
        if outcome is Outcome.PAUSED:
            wiring.upload_events().republish(created.key, created.version or "")
        return outcome is not Outcome.LEASED

    return handle


def _large_promotion() -> Promotion:
    made = wiring.promotion()
    assert isinstance(made.objects, S3ObjectStore)
    objects = S3ObjectStore(made.objects._client, wiring.settings().bucket, copy_part_size=5 * MIB)
    return replace(made, single_copy_limit=1, objects=objects)


def _versions(account: Account, prefix: str) -> list[tuple[str, str]]:
    """(key, version), newest first."""
    listed = account.s3.list_object_versions(Bucket=account.bucket, Prefix=prefix)
    return [(version["Key"], version["VersionId"]) for version in listed.get("Versions", [])]


def _abort_old_copies(account: Account) -> None:
    """The rule of the bucket (`infra`) that ends what was begun and is a week old: copies that nobody continues."""
    for upload in account.s3.list_multipart_uploads(Bucket=account.bucket).get("Uploads", []):
        if upload["Key"].startswith("documents/"):
            account.s3.abort_multipart_upload(
                Bucket=account.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
            )


_RUN_DEPENDENT = frozenset(
    [
        "pk",
        "sk",
        "revision",
        "created_at",
        "updated_at",
        "upload_deadline",
        "lease_until",
        "next_check_at",
        "due_shard",
        "oldest_open",
        "attempt",
        "failures",
        "ttl",
        "purge_after",
        "record_expires_at",
        "upload_id",
        "copy_upload_id",
        "document_id",
    ]
)


def seen(account: Account) -> dict[str, Any]:
    """All that is left in the table and in the bucket, but for names, times and counts of attempts."""
    items = account.dynamodb.scan(TableName=account.settings.table)["Items"]
    versions = _versions(account, "")
    stored = [version for _, version in versions]
    return {
        "items": sorted((_seen_item(item, stored) for item in items), key=str),
        "objects": sorted((key.split("/")[0], _body(account, key, version)) for key, version in versions),
        "open uploads": len(account.open_uploads()),
    }


def _seen_item(item: Any, stored: list[str]) -> dict[str, Any]:
    what = {name: value for name, value in item.items() if name not in _RUN_DEPENDENT}
    for name in ("staged_version", "stored_version"):
        if name in what:
            what[name] = what[name]["S"] in stored
    if "history" in what:
        steps = [step["M"] for step in what["history"]["L"]]
        what["history"] = [(step["status"]["S"], step.get("reason")) for step in steps]
    return {"what": item["sk"]["S"].split("#")[0]} | what


def _body(account: Account, key: str, version: str) -> bytes:
    answer = account.s3.get_object(Bucket=account.bucket, Key=key, VersionId=version)
    return answer["Body"].read()


@dataclass
class Functions:
    """The functions, wired for an account that is replaced by an empty one for each world: wiring anew takes longest."""

    calls: AwsCalls
    environment: pytest.MonkeyPatch
    _deployed: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def world(self, kill: Kill | None = None, **settings: Any) -> Iterator[World]:
        """`kill` strikes in the functions only."""
        with new_account("faults") as account:
            self._deploy(account.environment(**settings))
            with strict_s3_client({ACCESS_KEY: (SECRET, TOKEN)}, wiring.now) as s3:
                world = World(account, s3, self.calls, kill or Kill())
                with self.calls.seen_by(world.kill):
                    yield world

    def _deploy(self, environment: dict[str, str]) -> None:
        for name, value in environment.items():  # moto sets some of it anew in each mock
            self.environment.setenv(name, value)
        if environment != self._deployed:
            self._deployed = environment
            self.calls.rewire()

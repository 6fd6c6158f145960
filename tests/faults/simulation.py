"""A simulated deployment: one account in moto with one client, the queues between S3 and the functions, and the clock."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from types import ModuleType
from typing import Any, Final

import httpx
import pytest

from functions import wiring
from functions.adapters.dynamodb.items import CHANGE, DOCUMENT_PREFIX, document_from_item
from functions.adapters.dynamodb.rates import KnownRates
from functions.domain.document import Document
from functions.domain.duplicates import ContentDigest, DuplicatePolicy
from functions.domain.effects import COMPLETE_LEASE, LEASE
from functions.domain.events import Transition
from functions.domain.keys import owner_key
from functions.domain.parts import MIB
from functions.domain.quota import Usage
from functions.domain.slices import PERIOD, SLICES
from functions.domain.steps import PROMOTE, StepRecord
from functions.features.scan.definition import GUARDDUTY
from functions.features.table.worker import TableWorker
from functions.lambdas import large_copy, pipeline, purge, scan
from functions.pipeline.promote import PromoteStep
from functions.wiring.pipeline import engine
from strict_s3 import strict_s3_client
from tests.examples import KINDS
from tests.faults.aws_calls import AwsCalls, Crash
from tests.faults.invariants import Snapshot
from tests.faults.scanner import Scanner
from tests.faults.shipped_steps import SHIPPED_KINDS
from tests.faults.workers import RenditionMaker, Worker, check_file, render_file, run_shipped
from tests.interruptions import ProcessKilled
from tests.lambdas.account import ACCESS_KEY, SECRET, TOKEN, Account, create_queue, new_account
from tests.lambdas.api import Api, ApiResponse
from tests.lambdas.events import (
    COPIES_QUEUE,
    EVENTS_QUEUE,
    PURGES_QUEUE,
    Context,
    notification,
    s3_record,
    sqs_event,
    sqs_message,
)
from tests.lambdas.sweep_invocations import redrive, sweep, sweep_later

EIGHT_DAYS = timedelta(days=8)
"""Longer than every lease, upload deadline, restore window and timeout of a step, and than the lifetime of a URL."""
COPY_LIMIT: Final = 5 * MIB
"""Larger files are copied by the worker `large_copy`, in parts of this size, which is the minimum of S3."""
STEPS = (PROMOTE, *KINDS.step_definitions, *SHIPPED_KINDS.step_definitions)
"""Steps with queues of tasks and of results."""
VERDICTS_QUEUE: Final = "scan-verdicts"
_MAX_TRIES = 20
_RETRIABLE = frozenset({"upload_in_progress", "parts_incomplete", "busy", "storage_unavailable"})

MessageHandler = Callable[[str], bool]
"""Handles the body of one message. Returns False if the message must be delivered again."""
Message = tuple[MessageHandler, str]


class ClientGone(Exception):  # noqa: N818 - not an error
    """The client got no response and never returns."""


@dataclass
class Simulation:
    """`client_returns` decides whether a client that got no response repeats its request or never returns."""

    account: Account
    s3: httpx.Client
    calls: AwsCalls
    crash: Crash = field(default_factory=Crash)
    client_returns: bool = True
    ada: Api = field(default_factory=Api)
    workers: dict[str, Worker] = field(
        default_factory=lambda: {
            "check": check_file,
            "render": render_file,
            "image": run_shipped(RenditionMaker()),
            "table": run_shipped(TableWorker()),
        }
    )
    messages: list[Message] = field(default_factory=list)
    client_calls: list[int] = field(default_factory=list)
    """Numbers of the AWS calls that were made while a client waited for its response."""
    _seen_versions: set[str] = field(default_factory=set)
    _drained: int = 0
    scanner: Scanner = field(init=False)

    def __post_init__(self) -> None:
        self.scanner = Scanner(self.account.bucket)

    def request(self, method: str, path: str, body: object = None, **headers: str) -> ApiResponse:
        """Sends a request as a persistent client does: repeats it without a response, and later if told to retry."""
        for _ in range(_MAX_TRIES):
            first = len(self.crash.calls) + 1
            try:
                response = self.ada.call(method, path, body, headers=headers)
            except ProcessKilled:
                self.crash.restart()
                if not self.client_returns:
                    raise ClientGone from None
                continue
            self.client_calls += range(first, len(self.crash.calls) + 1)
            if response.status < 400 or response.json["code"] not in _RETRIABLE:
                return response
            self.age(COMPLETE_LEASE)
        raise AssertionError(f"{method} {path} did not succeed in {_MAX_TRIES} tries: {response.text}")

    def deliver(self) -> None:
        """Delivers messages until the queues are empty. After a crash at once again, after a failure when leases are over.

        A message that a function has sent anew with a delay also comes when leases are over.
        """
        for _ in range(_MAX_TRIES):
            if self._is_queue_changed() and self.account.end_delays():
                self.age(LEASE)
            self.collect()
            if not self.messages:
                return
            handler, body = message = self.messages.pop(0)
            try:
                is_done = handler(body)
            except ProcessKilled:
                self.crash.restart()
                self.messages.append(message)
                continue
            if not is_done:
                self.messages.append(message)
                self.age(LEASE)
        raise AssertionError(f"never handled: {self.messages}")

    def sweep(self) -> None:
        """Runs the scheduled sweep, and the next one if the first crashes."""
        self._run_twice_if_crashed(sweep)

    def sweep_stored(self) -> None:
        """Runs the sweep that lists what the owner has stored, and the next one if the first crashes."""
        wait = _wait_for_slice(owner_key(self.ada.subject))
        self._run_twice_if_crashed(lambda: sweep_later(wait))

    def redrive(self, document_id: str) -> None:
        """Redrives a document as an operator does, again if the first call crashes."""
        task = {"owner": owner_key(self.ada.subject), "documentId": document_id}
        self._run_twice_if_crashed(lambda: redrive(task))

    def _run_twice_if_crashed(self, run: Callable[[], object]) -> None:
        try:
            run()
        except ProcessKilled:
            self.crash.restart()
            self.age(LEASE)
            run()

    def drain(self) -> None:
        """Runs until nothing changes any more: messages, sweeps, the recount of the owner, the bucket's lifecycle rule.

        Checks that two further sweeps find nothing to do.
        """
        self.deliver()
        if not self.client_returns:
            self.age(EIGHT_DAYS)
        self.account.expedite_recounts()
        sweep_later(timedelta(hours=2))
        self.deliver()
        _abort_old_copies(self.account)
        # Uploads whose event was republished have ended since. This sweep recounts them, and lists the owner's renditions.
        sweep_later(_wait_for_slice(owner_key(self.ada.subject)))
        assert sweep_later(timedelta(hours=3)) == {}
        before = self.account.snapshot()
        assert sweep_later(_wait_for_slice(owner_key(self.ada.subject))) == {}
        assert (self.account.snapshot(), self._drain_queues()) == (before, [])

    def age(self, by: timedelta) -> None:
        """Lets time pass: moves every time of each record into the past, except those of purged ones.

        S3's own times stay, so `drain` moves the clock of the sweep for what depends on them.
        """
        self.account.expedite_recounts(by)
        for item in self._list_records():
            document = document_from_item(item)
            if not document.is_purged or document.next_check_at is not None:
                self.account.repository.apply(Transition(document, _age(document, by)))
                self._keep_change(item)

    def documents(self) -> list[Document]:
        """Returns every record, also those of deleted and purged documents."""
        return [document_from_item(item) for item in self._list_records()]

    def _list_records(self) -> list[Any]:
        items = self.account.dynamodb.scan(TableName=self.account.settings.table)["Items"]
        return [item for item in items if item["sk"]["S"].startswith(DOCUMENT_PREFIX)]

    def _keep_change(self, item: Any) -> None:
        """Restores the name of the last change, which a write of the service that changes no status removes."""
        if CHANGE in item:
            self.account.dynamodb.update_item(
                TableName=self.account.settings.table,
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET #change = :change",
                ExpressionAttributeNames={"#change": CHANGE},
                ExpressionAttributeValues={":change": item[CHANGE]},
            )

    def versions(self, prefix: str = "") -> list[tuple[str, str]]:
        """Returns (key, version) of every object version below `prefix`, newest first."""
        return _list_versions(self.account, prefix)

    def lose_events(self) -> None:
        """Drops every event that S3 has sent so far."""
        self.collect()
        self.messages.clear()

    def snapshot(self) -> Snapshot:
        objects: dict[str, dict[str, bytes]] = {}
        for key, version in _list_versions(self.account, ""):
            objects.setdefault(key, {})[version] = _read(self.account, key, version)
        documents = self.documents()
        reserved_bytes, opened = self.account.usage(self.ada.subject) if documents else (0, 0)
        usage = Usage(reserved_bytes, opened)
        return Snapshot(tuple(documents), usage, objects, self._open_uploads(), self._originals())

    def _originals(self) -> dict[ContentDigest, str]:
        """Returns the document of each digest that the table names."""
        items = self.account.dynamodb.scan(TableName=self.account.settings.table)["Items"]
        found = {}
        for item in items:
            prefix, *digest = item["sk"]["S"].split("#")
            if prefix == "DIGEST":
                kind, sha256, size = digest
                found[ContentDigest(item["pk"]["S"], kind, sha256, int(size))] = item["document_id"]["S"]
        return found

    def _open_uploads(self) -> dict[str, str]:
        listed = self.account.s3.list_multipart_uploads(Bucket=self.account.bucket)
        return {upload["UploadId"]: upload["Key"] for upload in listed.get("Uploads", [])}

    def collect(self) -> None:
        """Collects one event per new staged version, and the messages of the functions, the workers and the scanner."""
        for key, version in reversed(_list_versions(self.account, "staging/")):
            if version not in self._seen_versions:
                self._seen_versions.add(version)
                event = (handle_event, notification(s3_record(self.account.bucket, key, version)))
                verdicts = _list_verdicts(self.scanner.scan_on_arrival(key, version))
                self.messages += [*verdicts, event] if self.scanner.comes_early else [event, *verdicts]
        for key, version in self.calls.scans.take():
            self.messages += _list_verdicts(self.scanner.scan(key, version))
        self.messages += self._drain_queues()

    def _drain_queues(self) -> list[Message]:
        """Removes all messages from all queues, which are asked only if a message was sent, because that is slow."""
        if not self._is_queue_changed():
            return []
        self._drained, sent = self.calls.messages, self.calls.queues.copy()
        self.calls.queues.clear()
        process_purge = partial(_handle, purge, PURGES_QUEUE)
        messages: list[Message] = [
            *((handle_event, body) for body in self.account.drain_upload_events()),
            *((process_purge, body) for body in self.account.drain_purge_tasks()),
        ]
        for step, urls in self.account.step_queues.items():
            if urls["tasks"] in sent:
                work = self._find_worker(step)
                messages += [(work, body) for body in self.account.drain_tasks(step)]
            if urls["results"] in sent:
                process = partial(_handle, pipeline, urls["results"].rpartition("/")[2])
                messages += [(process, body) for body in self.account.drain_results(step)]
        return messages

    def _find_worker(self, step: str) -> MessageHandler:
        match step:
            case "promote":
                return _copy_one_part
            case "scan":
                return partial(_handle, scan, "scan-tasks")
        return partial(self._work, step)

    def _is_queue_changed(self) -> bool:
        return self.calls.messages != self._drained

    def _work(self, step: str, body: str) -> bool:
        self.workers[step](json.loads(body))
        return True


def _age(document: Document, by: timedelta) -> Document:
    lease = document.lease_until and document.lease_until - by
    return replace(
        document,
        revision=document.revision + 1,
        created_at=document.created_at - by,
        updated_at=document.updated_at - by,
        upload_deadline=document.upload_deadline - by,
        lease_until=lease,
        purge_after=document.purge_after and document.purge_after - by,
        bytes_expire_at=document.bytes_expire_at and document.bytes_expire_at - by,
        rescanned_at=document.rescanned_at and document.rescanned_at - by,
        history=tuple(replace(each, at=each.at - by) for each in document.history),
        steps=tuple(_age_step(step, by) for step in document.steps),
    )


def _age_step(step: StepRecord, by: timedelta) -> StepRecord:
    return replace(step, at=step.at - by, resume_at=step.resume_at and step.resume_at - by)


def _handle(function: ModuleType, queue: str, body: str, context: Context | None = None) -> bool:
    """Returns True also for a message that the function has sent anew."""
    event = sqs_event([sqs_message(body, queue=queue)])
    answer = function.lambda_handler(event, context or Context())
    return not answer["batchItemFailures"]


def _list_verdicts(bodies: Sequence[str]) -> list[Message]:
    return [(partial(_handle, scan, VERDICTS_QUEUE), body) for body in bodies]


def handle_event(body: str) -> bool:
    """Handles an event of S3."""
    return _handle(pipeline, EVENTS_QUEUE, body)


def _copy_one_part(body: str) -> bool:
    """Invokes the worker `large_copy` with time for one part."""
    left = [300_000] * 2  # the batch asks once, the copy before each part
    context = Context()
    context.get_remaining_time_in_millis = lambda: left.pop() if left else 0  # type: ignore[method-assign]
    return _handle(large_copy, COPIES_QUEUE, body, context)


def _wait_for_slice(owner: str) -> timedelta:
    """Returns the time from now until a sweep lists the slice with the renditions of this owner, at least two hours."""
    earliest = wiring.now() + timedelta(hours=2)
    number = int(earliest.timestamp() / PERIOD.total_seconds())
    return timedelta(hours=2) + PERIOD * ((int(owner[:2], 16) - number) % SLICES)


def _list_versions(account: Account, prefix: str) -> list[tuple[str, str]]:
    """Returns (key, version), newest first."""
    listed = account.s3.list_object_versions(Bucket=account.bucket, Prefix=prefix)
    return [(version["Key"], version["VersionId"]) for version in listed.get("Versions", [])]


def _abort_old_copies(account: Account) -> None:
    """Does what the lifecycle rule of the bucket (`infra`) does: aborts multipart copies that are a week old."""
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
        "failed_at",
        "rescanned_at",
        "failed_shard",
        "bytes_expire_at",
        "oldest_open",
        "attempt",
        "failures",
        "ttl",
        "tat",
        "purge_after",
        "record_expires_at",
        "upload_id",
        "document_id",
        "duplicate_of",
        "write_id",
        "recount",
        "recounts",
    ]
)
_DAILY_BYTES = "bytes#"
_RUN_DEPENDENT_IN_STEPS = frozenset(["at", "attempt", "resume_at", "tries", "token", "versionId"])


def read_state(account: Account) -> dict[str, Any]:
    """Returns the contents of the table and the bucket, without ids, times and numbers of attempts.

    The bytes of the day are left out as well: see `count_daily_bytes`.
    """
    items = account.dynamodb.scan(TableName=account.settings.table)["Items"]
    versions = _list_versions(account, "")
    stored = [version for _, version in versions]
    return {
        "items": sorted((_read_item(item, stored) for item in items), key=str),
        "objects": sorted((key.split("/")[0], _read(account, key, version)) for key, version in versions),
        "open uploads": len(account.open_uploads()),
    }


def _read_item(item: Any, stored: list[str]) -> dict[str, Any]:
    what = {
        name: value
        for name, value in item.items()
        if name not in _RUN_DEPENDENT and not name.startswith(_DAILY_BYTES)
    }
    for name in ("staged_version", "stored_version"):
        if name in what:
            what[name] = what[name]["S"] in stored
    if "history" in what:
        entries = [entry["M"] for entry in what["history"]["L"]]
        what["history"] = [(entry["status"]["S"], entry.get("reason")) for entry in entries]
    if "steps" in what:
        what["steps"] = _without_run_dependent(what["steps"])
    return {"what": item["sk"]["S"].split("#")[0]} | what


def _without_run_dependent(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_run_dependent(each) for each in value]
    if isinstance(value, dict):
        if "facts" in value:
            value = value | {"facts": json.loads(value["facts"]["S"])}
        return {
            name: _without_run_dependent(each)
            for name, each in value.items()
            if name not in _RUN_DEPENDENT_IN_STEPS
        }
    return value


def count_daily_bytes(account: Account) -> int:
    """Returns the bytes that all owners have created. A crash may count a further version of a form twice."""
    items = account.dynamodb.scan(TableName=account.settings.table)["Items"]
    counters = (values for item in items for name, values in item.items() if name.startswith(_DAILY_BYTES))
    return sum(int(values["N"]) for values in counters)


def _read(account: Account, key: str, version: str) -> bytes:
    return account.s3.get_object(Bucket=account.bucket, Key=key, VersionId=version)["Body"].read()


@dataclass
class WiredFunctions:
    """The functions, wired for an account that is replaced by an empty one for each simulation: wiring is the slow part."""

    calls: AwsCalls
    environment: pytest.MonkeyPatch
    _deployed: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def simulate(self, crash: Crash | None = None, **settings: Any) -> Iterator[Simulation]:
        """Starts a simulation. `crash` hits the functions only."""
        with new_account("faults") as created:
            account = _add_step_queues(created)
            self._deploy(account.environment(**settings))
            wiring.repository()._rates = KnownRates()  # of owners that the empty table does not have
            with strict_s3_client({ACCESS_KEY: (SECRET, TOKEN)}, wiring.now) as s3:
                simulation = Simulation(account, s3, self.calls, crash or Crash())
                with self.calls.notify(simulation.crash):
                    yield simulation

    def _deploy(self, environment: dict[str, str]) -> None:
        for name, value in environment.items():  # moto sets some of these again in each mock
            self.environment.setenv(name, value)
        if environment != self._deployed:
            self._deployed = environment
            self.calls.rewire()
            _add_kinds()
            _limit_copies()


def _add_step_queues(account: Account) -> Account:
    queues = {
        step: {"tasks": create_queue(f"{step}-tasks"), "results": create_queue(f"{step}-results")}
        for step in STEPS
    }
    consumed = json.loads(account.settings.consumed_queues)
    consumed += [
        [queues[step]["results"], create_queue(f"{step}-results-dead-letters")]
        for step in STEPS
        if step != PROMOTE
    ]
    consumed += [
        [url, create_queue(f"{url.rpartition('/')[2]}-dead-letters")]
        for url in (queues["scan"]["tasks"], create_queue(VERDICTS_QUEUE))
    ]
    settings = replace(
        account.settings,
        scanner=GUARDDUTY,
        manifest="",  # it names another key in each account, and a changed environment is wired anew
        step_queues=json.dumps(queues),
        consumed_queues=json.dumps(consumed),
    )
    return replace(account, settings=settings)


def _add_kinds() -> None:
    """Deploys the kinds of the examples that list steps or look for duplicates, besides those of kinds.toml."""
    kinds = wiring.kinds()
    kinds.step_definitions |= KINDS.step_definitions | SHIPPED_KINDS.step_definitions
    kinds._kinds |= {
        name: kind
        for name, kind in KINDS._kinds.items()
        if kind.steps or kind.duplicates is not DuplicatePolicy.KEEP
    }
    kinds._kinds |= SHIPPED_KINDS._kinds


def _limit_copies() -> None:
    [promote] = engine().last
    assert isinstance(promote, PromoteStep)
    object.__setattr__(promote, "single_copy_limit", COPY_LIMIT)
    wiring.object_store()._copy_part_size = COPY_LIMIT

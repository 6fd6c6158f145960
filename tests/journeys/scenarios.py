"""What each function is there for, in journeys as small as they can be: each says whether the work was done.

A scenario is tried with the function's whole role and with a right less, so it must fail by itself, at once, and leave
nothing that a later one trips over.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from functions.adapters.s3.inventory import S3BucketInventory
from functions.adapters.s3.objects import S3ObjectStore
from functions.adapters.sqs import SQSUploadEvents
from functions.domain.errors import Unavailable
from functions.domain.storage import CopyRequest, StoredObject
from tests.journeys.admin_client import AdminClient
from tests.journeys.client import Client
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4, png
from tests.journeys.parts import begin
from tests.journeys.roles import Roles

_PATIENCE = 60.0
_NEVER = 1 << 40
_IN_A_THOUSAND_YEARS = "3026-01-01T00:00:00+00:00"
"""Seconds since 1970."""


@dataclass(frozen=True)
class Staged:
    """A file in staging that nobody was told of. `version` is S3's."""

    document_id: str
    key: str
    version: str

    @property
    def target(self) -> str:
        return self.key.replace("staging/", "documents/")


@dataclass(frozen=True)
class Deployment:
    ada: Client
    roles: Roles
    admin: AdminClient
    event_sources: EventSources

    @property
    def bucket(self) -> str:
        return self.roles.stack.bucket

    @property
    def s3(self) -> Any:
        return self.admin.client("s3")

    @contextmanager
    def staged(self) -> Iterator[Staged]:
        """Meanwhile no event is delivered, and afterwards those of the meantime are forgotten."""
        with self.event_sources.paused():
            data = png()
            created = self.ada.create(data, "a.png", "image/png")
            assert self.ada.put(created["upload"], data).status_code == 200
            self.admin.lose_an_arrival()
            yield self._staged(created["document"]["id"])
            self.admin.client("sqs").purge_queue(QueueUrl=self.queue("ObjectCreated"))
            self.let_be(created["document"]["id"])

    def let_be(self, document_id: str) -> None:
        """What failed half-way is not due again in a later round of the janitor."""
        record = self.admin.record(document_id)
        due = {"next_check_at": _NEVER} if "next_check_at" in record else {}
        times = {"upload_deadline", "lease_until", "purge_after"} & record.keys()
        self.admin.change(document_id, **due, **dict.fromkeys(times, _IN_A_THOUSAND_YEARS))

    def _staged(self, document_id: str) -> Staged:
        listed = self.s3.list_object_versions(Bucket=self.bucket, Prefix="staging/")["Versions"]
        [found] = [version for version in listed if version["Key"].endswith(document_id)]
        return Staged(document_id, found["Key"], found["VersionId"])

    def deliver(self, staged: Staged) -> bool:
        """Wakes object_created as its queue does. Whether it took the message as done."""
        of = {"key": staged.key, "versionId": staged.version}
        event = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": self.bucket}, "object": of}}
        return self.handle("Pipeline", json.dumps({"Records": [event]}), "no-such-receipt")

    def handle(self, function: str, body: str, receipt: str, received: str = "1") -> bool:
        """One message to a function that works off a queue; whether it is done with it."""
        attributes = {"ApproximateReceiveCount": received}
        message = {"messageId": "one", "receiptHandle": receipt, "body": body, "attributes": attributes}
        answer = self.invoke(function, {"Records": [message]})
        return answer is not None and answer["batchItemFailures"] == []

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Its answer; None if it failed."""
        answer = self.admin.client("lambda").invoke(
            FunctionName=self.admin.function(function), Payload=json.dumps(event)
        )
        return None if "FunctionError" in answer else json.loads(answer["Payload"].read())

    def queue(self, name: str) -> str:
        urls = self.admin.client("sqs").list_queues()["QueueUrls"]
        [url] = [url for url in urls if f"{name}Queue" in url]
        return str(url)

    def waiting(self, queue: str, *kinds: str) -> int:
        """Messages of these kinds, of `` and `NotVisible`."""
        names = [f"ApproximateNumberOfMessages{kind}" for kind in kinds]
        sqs = self.admin.client("sqs")
        counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(int(counts[name]) for name in names)


Scenario = Callable[[Deployment], bool]


def a_file_is_taken(world: Deployment) -> bool:
    data = png()
    request = {"fileName": "a.png", "size": len(data), "contentType": "image/png"}
    created = world.ada.call("POST", "/documents", json=request)
    return created.status_code == 201 and world.ada.put(created.json()["upload"], data).status_code == 200


def parts_are_listed(world: Deployment) -> bool:
    upload = begin(world.ada, mp4(1000))
    return upload.held().status_code == 200


def an_upload_is_aborted(world: Deployment) -> bool:
    return begin(world.ada, mp4(1000)).abort().status_code == 204


def documents_are_listed(world: Deployment) -> bool:
    return world.ada.call("GET", "/documents").status_code == 200


def a_document_is_shown(world: Deployment) -> bool:
    created = world.ada.create(png(), "a.png", "image/png")["document"]
    return world.ada.call("GET", f"/documents/{created['id']}").status_code == 200


def a_document_is_downloaded(world: Deployment) -> bool:
    document_id = world.ada.upload(png(), "a.png", "image/png")["id"]
    return world.ada.http.get(world.ada.download_url(document_id)).status_code == 200


def a_document_is_deleted(world: Deployment) -> bool:
    document_id = world.ada.upload(png(), "a.png", "image/png")["id"]
    return world.ada.call("DELETE", f"/documents/{document_id}").status_code == 204


def a_file_is_promoted(world: Deployment) -> bool:
    with world.staged() as staged:
        return world.deliver(staged) and world.ada.document(staged.document_id)["status"] == "ready"


def a_copy_that_was_there_already_is_recognised(world: Deployment) -> bool:
    """As after a crash between the copy and the record."""
    with world.staged() as staged:
        world.s3.copy_object(
            Bucket=world.bucket,
            Key=staged.target,
            CopySource={"Bucket": world.bucket, "Key": staged.key, "VersionId": staged.version},
            Metadata={"source-version": staged.version},
            MetadataDirective="REPLACE",
            ChecksumAlgorithm="SHA256",
        )
        return world.deliver(staged) and world.ada.document(staged.document_id)["status"] == "ready"


def bytes_that_vanished_are_told_from_bytes_that_are_forbidden(world: Deployment) -> bool:
    with world.staged() as staged:
        world.s3.delete_object(Bucket=world.bucket, Key=staged.key, VersionId=staged.version)
        return world.deliver(staged)


def a_copy_in_parts_goes_on(world: Deployment) -> bool:
    """The adapter with the role's own credentials: the function copies in parts only above 5 GiB."""
    with world.staged() as staged:
        head = world.s3.head_object(Bucket=world.bucket, Key=staged.key)
        source = StoredObject(staged.version, head["ContentLength"], head["ETag"], None, None)
        order = CopyRequest(staged.key, source, staged.target, "image/png")
        objects = S3ObjectStore(world.roles.client("Pipeline", "s3"), world.bucket)
        return _allowed(lambda: objects.continue_copy(order, objects.start_copy(order), lambda: False))


def a_copy_that_ran_out_of_time_is_announced_again(world: Deployment) -> bool:
    """The adapter with the role's own credentials, for the same reason."""
    with world.event_sources.paused():
        queue = world.queue("ObjectCreated")
        event_sources = SQSUploadEvents(world.roles.client("Pipeline", "sqs"), queue, world.bucket)
        done = _allowed(lambda: event_sources.republish("staging/x", "one"))
        world.admin.client("sqs").purge_queue(QueueUrl=queue)
        return done


def an_arrival_is_worked_off(world: Deployment) -> bool:
    return _worked_off(world, "ObjectCreated", {"Records": []})


def an_order_to_purge_is_worked_off(world: Deployment) -> bool:
    return _worked_off(world, "PurgeTasks", {"owner": "0" * 64, "documentId": "of-nobody"})


def _worked_off(world: Deployment, name: str, body: dict[str, Any]) -> bool:
    """Read from the queue and gone from it."""
    queue = world.queue(name)
    world.admin.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(body))
    deadline = time.monotonic() + _PATIENCE
    try:
        while world.waiting(queue, "", "NotVisible"):
            if world.roles.problem(f"{name}Queue"):
                return False
            assert time.monotonic() < deadline, "the message is neither read nor refused"
            time.sleep(0.02)
        return True
    finally:
        world.admin.client("sqs").purge_queue(QueueUrl=queue)


def a_failed_arrival_comes_back_soon(world: Deployment) -> bool:
    with world.event_sources.paused():
        return _comes_back(world, "Pipeline", "ObjectCreated")


def a_failed_purge_comes_back_soon(world: Deployment) -> bool:
    with world.event_sources.paused("PurgeTasks"):
        return _comes_back(world, "Purge", "PurgeTasks")


def _comes_back(world: Deployment, function: str, name: str) -> bool:
    """Received less often than any message can be, it comes back at once, so that nobody waits here."""
    sqs, queue = world.admin.client("sqs"), world.queue(name)
    sqs.purge_queue(QueueUrl=queue)
    sqs.send_message(QueueUrl=queue, MessageBody="not JSON")
    [message] = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    assert not world.handle(function, message["Body"], message["ReceiptHandle"], received="-100")
    came_back = world.waiting(queue, "") == 1
    sqs.purge_queue(QueueUrl=queue)
    return came_back


def a_round_is_made(world: Deployment) -> bool:
    return world.invoke("Sweeps", {}) is not None


def an_abandoned_upload_expires(world: Deployment) -> bool:
    upload = begin(world.ada, mp4(1000))
    world.admin.let_time_pass(upload.id)
    done = world.invoke("Sweeps", {})
    world.let_be(upload.id)
    return done == {"expired": 1} and not world.admin.open_uploads(upload.id)


def a_lost_arrival_is_announced(world: Deployment) -> bool:
    with world.staged() as staged:
        world.admin.let_time_pass(staged.document_id)
        done = world.invoke("Sweeps", {})
        return done == {"event_republished": 1} and world.waiting(world.queue("ObjectCreated"), "") == 1


def a_purge_is_ordered(world: Deployment) -> bool:
    document_id = world.ada.upload(png(), "a.png", "image/png")["id"]
    assert world.ada.call("DELETE", f"/documents/{document_id}").status_code == 204
    with world.event_sources.paused("PurgeTasks"):
        world.admin.let_time_pass(document_id)
        done = world.invoke("Sweeps", {})
        world.let_be(document_id)
        ordered = world.waiting(world.queue("PurgeTasks"), "")
        world.admin.client("sqs").purge_queue(QueueUrl=world.queue("PurgeTasks"))
    return done == {"purge_enqueued": 1} and ordered == 1


def an_old_version_in_staging_is_dropped(world: Deployment) -> bool:
    """The adapter with the role's own credentials: the janitor drops what is an hour old, and here nothing is."""
    with world.staged() as staged:
        inventory = S3BucketInventory(world.roles.client("Sweeps", "s3"), world.bucket)
        return _allowed(lambda: inventory.delete(staged.key, staged.version))


def a_deleted_document_is_purged(world: Deployment) -> bool:
    """With what may be left of it: a late version and an open upload under both its keys."""
    with world.staged() as staged:
        assert world.deliver(staged)
        assert world.ada.call("DELETE", f"/documents/{staged.document_id}").status_code == 204
        for key in (staged.key, staged.target):
            world.s3.put_object(Bucket=world.bucket, Key=key, Body=b"late")
            world.s3.create_multipart_upload(Bucket=world.bucket, Key=key)
        world.admin.let_time_pass(staged.document_id)
        owner = world.admin.record(staged.document_id)["pk"]["S"]
        order = json.dumps({"owner": owner, "documentId": staged.document_id})
        return world.handle("Purge", order, "no-such-receipt")


def an_invocation_is_logged(function: str) -> Scenario:
    """Whatever it is about: what the function prints stands in its log."""

    def scenario(world: Deployment) -> bool:
        name = world.admin.function(function)
        config = world.admin.client("lambda").get_function_configuration(FunctionName=name)
        logs = world.admin.client("logs")

        def lines() -> int:
            group = config["LoggingConfig"]["LogGroup"]
            return len(logs.filter_log_events(logGroupName=group, limit=10_000)["events"])

        before = lines()
        world.invoke(function, {"Records": []})
        return lines() > before

    return scenario


def _allowed(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
            raise
        return False
    except Unavailable:
        return False
    return True

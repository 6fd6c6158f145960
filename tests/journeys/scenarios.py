"""Scenarios: the work of each function, in the fewest steps. Each returns whether the work was done.

A scenario runs with the whole role of a function and with a permission less. So it must fail on its own and at once, and
leave nothing that affects a later scenario.
"""

import json
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
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4, png
from tests.journeys.multipart_upload import start_upload
from tests.journeys.roles import Roles
from tests.journeys.wait import wait_until

_NEVER = 1 << 40
"""Seconds since 1970."""
_IN_A_THOUSAND_YEARS = "3026-01-01T00:00:00+00:00"
_NO_RECEIPT = "no-such-receipt"


@dataclass(frozen=True)
class StagedFile:
    """A file in staging whose event is lost. `version` is S3's."""

    document_id: str
    key: str
    version: str

    @property
    def stored_key(self) -> str:
        return self.key.replace("staging/", "documents/")


@dataclass(frozen=True)
class ScenarioContext:
    """A user, the owner of the deployment, and the readers of the queues."""

    ada: ApiClient
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
    def stage_file(self) -> Iterator[StagedFile]:
        """Uploads a file and loses its event. Until the end no event is delivered, and then all are deleted."""
        with self.event_sources.pause():
            data = png()
            created = self.ada.create(data, "a.png", "image/png")
            assert self.ada.put(created["upload"], data).status_code == 200
            self.admin.lose_event()
            yield self._find_staged(created["document"]["id"])
            self.purge_queue("ObjectCreated")
            self.never_due(created["document"]["id"])

    def never_due(self, document_id: str) -> None:
        """Moves the times of a record into the future, so that no later sweep finds it."""
        record = self.admin.get_item(document_id)
        due = {"next_check_at": _NEVER} if "next_check_at" in record else {}
        times = {"upload_deadline", "lease_until", "purge_after"} & record.keys()
        self.admin.update_item(document_id, **due, **dict.fromkeys(times, _IN_A_THOUSAND_YEARS))

    def _find_staged(self, document_id: str) -> StagedFile:
        listed = self.s3.list_object_versions(Bucket=self.bucket, Prefix="staging/")["Versions"]
        [version] = [version for version in listed if version["Key"].endswith(document_id)]
        return StagedFile(document_id, version["Key"], version["VersionId"])

    def deliver(self, staged: StagedFile) -> bool:
        """Invokes `pipeline` with the event of the file. Returns whether it is done with the message."""
        object_ = {"key": staged.key, "versionId": staged.version}
        event = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": self.bucket}, "object": object_}}
        return self.handle("Pipeline", json.dumps({"Records": [event]}), _NO_RECEIPT)

    def handle(self, function: str, body: str, receipt: str, received: str = "1") -> bool:
        """Invokes a function with one message of its queue. Returns whether it is done with the message."""
        attributes = {"ApproximateReceiveCount": received}
        message = {"messageId": "one", "receiptHandle": receipt, "body": body, "attributes": attributes}
        result = self.admin.invoke(function, {"Records": [message]})
        return result is not None and result["batchItemFailures"] == []

    def is_ready(self, document_id: str) -> bool:
        return bool(self.ada.get_document(document_id)["status"] == "ready")

    def send(self, queue: str, body: str) -> None:
        self.admin.client("sqs").send_message(QueueUrl=self.admin.queue_url(queue), MessageBody=body)

    def count_messages(self, queue: str, *kinds: str) -> int:
        return self.admin.count_messages(self.admin.queue_url(queue), *kinds)

    def purge_queue(self, queue: str) -> None:
        self.admin.client("sqs").purge_queue(QueueUrl=self.admin.queue_url(queue))


Scenario = Callable[[ScenarioContext], bool]


def upload_a_file(context: ScenarioContext) -> bool:
    data = png()
    body = {"fileName": "a.png", "size": len(data), "contentType": "image/png"}
    created = context.ada.request("POST", "/documents", json=body)
    return created.status_code == 201 and context.ada.put(created.json()["upload"], data).status_code == 200


def list_parts(context: ScenarioContext) -> bool:
    return start_upload(context.ada, mp4(1000)).request_progress().status_code == 200


def abort_an_upload(context: ScenarioContext) -> bool:
    return start_upload(context.ada, mp4(1000)).abort().status_code == 204


def list_documents(context: ScenarioContext) -> bool:
    return context.ada.request("GET", "/documents").status_code == 200


def get_a_document(context: ScenarioContext) -> bool:
    created = context.ada.create(png(), "a.png", "image/png")["document"]
    return context.ada.request("GET", f"/documents/{created['id']}").status_code == 200


def download_a_document(context: ScenarioContext) -> bool:
    document_id = context.ada.upload(png(), "a.png", "image/png")["id"]
    return context.ada.http.get(context.ada.get_download_url(document_id)).status_code == 200


def delete_a_document(context: ScenarioContext) -> bool:
    document_id = context.ada.upload(png(), "a.png", "image/png")["id"]
    return context.ada.request("DELETE", f"/documents/{document_id}").status_code == 204


def promote_a_file(context: ScenarioContext) -> bool:
    with context.stage_file() as staged:
        return context.deliver(staged) and context.is_ready(staged.document_id)


def accept_an_existing_copy(context: ScenarioContext) -> bool:
    """As after a crash between the copy and the update of the record."""
    with context.stage_file() as staged:
        context.s3.copy_object(
            Bucket=context.bucket,
            Key=staged.stored_key,
            CopySource={"Bucket": context.bucket, "Key": staged.key, "VersionId": staged.version},
            Metadata={"source-version": staged.version},
            MetadataDirective="REPLACE",
            ChecksumAlgorithm="SHA256",
        )
        return context.deliver(staged) and context.is_ready(staged.document_id)


def distinguish_missing_from_forbidden_bytes(context: ScenarioContext) -> bool:
    """Without the permission to list, S3 answers 403 for a version that does not exist."""
    with context.stage_file() as staged:
        context.s3.delete_object(Bucket=context.bucket, Key=staged.key, VersionId=staged.version)
        return context.deliver(staged)


def resume_a_copy_in_parts(context: ScenarioContext) -> bool:
    """Runs the adapter with the role's credentials, because the function copies in parts only above 5 GiB."""
    with context.stage_file() as staged:
        head = context.s3.head_object(Bucket=context.bucket, Key=staged.key)
        source = StoredObject(staged.version, head["ContentLength"], head["ETag"], None, None)
        request = CopyRequest(staged.key, source, staged.stored_key, "image/png")
        objects = S3ObjectStore(context.roles.client("Pipeline", "s3"), context.bucket)
        return _is_allowed(lambda: objects.continue_copy(request, objects.start_copy(request), lambda: False))


def republish_a_paused_copy(context: ScenarioContext) -> bool:
    """Runs the adapter with the role's credentials, for the same reason."""
    with context.event_sources.pause():
        sqs, url = context.roles.client("Pipeline", "sqs"), context.admin.queue_url("ObjectCreated")
        upload_events = SQSUploadEvents(sqs, url, context.bucket)
        is_allowed = _is_allowed(lambda: upload_events.republish("staging/x", "one"))
        context.purge_queue("ObjectCreated")
        return is_allowed


def read_upload_events(context: ScenarioContext) -> bool:
    return _is_read(context, "ObjectCreated", {"Records": []})


def read_purge_tasks(context: ScenarioContext) -> bool:
    return _is_read(context, "PurgeTasks", {"owner": "0" * 64, "documentId": "unknown"})


def _is_read(context: ScenarioContext, queue: str, body: dict[str, Any]) -> bool:
    """Sends a message. Returns whether it is received and deleted."""
    context.send(queue, json.dumps(body))
    try:
        wait_until(
            lambda: bool(
                context.count_messages(queue, "", "NotVisible") == 0
                or context.roles.find_problem(f"{queue}Queue")
            ),
            "the message is deleted, or may not be read",
        )
        return context.count_messages(queue, "", "NotVisible") == 0
    finally:
        context.purge_queue(queue)


def retry_an_upload_event(context: ScenarioContext) -> bool:
    with context.event_sources.pause():
        return _is_retried(context, "Pipeline", "ObjectCreated")


def retry_a_purge_task(context: ScenarioContext) -> bool:
    with context.event_sources.pause("PurgeTasks"):
        return _is_retried(context, "Purge", "PurgeTasks")


def _is_retried(context: ScenarioContext, function: str, queue: str) -> bool:
    """Fails a message. With a receive count that no message has, the function makes it visible again at once."""
    sqs, url = context.admin.client("sqs"), context.admin.queue_url(queue)
    context.purge_queue(queue)
    context.send(queue, "not JSON")
    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert not context.handle(function, message["Body"], message["ReceiptHandle"], received="-100")
    is_visible = context.count_messages(queue, "") == 1
    context.purge_queue(queue)
    return is_visible


def sweep(context: ScenarioContext) -> bool:
    return context.admin.invoke("Sweeps") is not None


def expire_an_upload(context: ScenarioContext) -> bool:
    upload = start_upload(context.ada, mp4(1000))
    context.admin.make_due(upload.id)
    outcomes = context.admin.invoke("Sweeps")
    context.never_due(upload.id)
    return outcomes == {"expired": 1} and not context.admin.list_open_uploads(upload.id)


def republish_a_lost_event(context: ScenarioContext) -> bool:
    with context.stage_file() as staged:
        context.admin.make_due(staged.document_id)
        outcomes = context.admin.invoke("Sweeps")
        return outcomes == {"event_republished": 1} and context.count_messages("ObjectCreated", "") == 1


def enqueue_a_purge(context: ScenarioContext) -> bool:
    document_id = context.ada.upload(png(), "a.png", "image/png")["id"]
    assert context.ada.request("DELETE", f"/documents/{document_id}").status_code == 204
    with context.event_sources.pause("PurgeTasks"):
        context.admin.make_due(document_id)
        outcomes = context.admin.invoke("Sweeps")
        context.never_due(document_id)
        enqueued = context.count_messages("PurgeTasks", "")
        context.purge_queue("PurgeTasks")
    return outcomes == {"purge_enqueued": 1} and enqueued == 1


def delete_an_orphaned_version(context: ScenarioContext) -> bool:
    """Runs the adapter with the role's credentials, because a sweep deletes only what is an hour old."""
    with context.stage_file() as staged:
        inventory = S3BucketInventory(context.roles.client("Sweeps", "s3"), context.bucket)
        return _is_allowed(lambda: inventory.delete(staged.key, staged.version))


def purge_a_document(context: ScenarioContext) -> bool:
    """Includes a late version and an open upload under both keys of the document."""
    with context.stage_file() as staged:
        assert context.deliver(staged)
        assert context.ada.request("DELETE", f"/documents/{staged.document_id}").status_code == 204
        for key in (staged.key, staged.stored_key):
            context.s3.put_object(Bucket=context.bucket, Key=key, Body=b"late")
            context.s3.create_multipart_upload(Bucket=context.bucket, Key=key)
        context.admin.make_due(staged.document_id)
        owner = context.admin.get_item(staged.document_id)["pk"]["S"]
        task = json.dumps({"owner": owner, "documentId": staged.document_id})
        return context.handle("Purge", task, _NO_RECEIPT)


def log_an_invocation(function: str) -> Scenario:
    """Returns a scenario in which the function writes to its log."""

    def scenario(context: ScenarioContext) -> bool:
        name = context.admin.function_name(function)
        config = context.admin.client("lambda").get_function_configuration(FunctionName=name)
        logs, group = context.admin.client("logs"), config["LoggingConfig"]["LogGroup"]

        def count_lines() -> int:
            return len(logs.filter_log_events(logGroupName=group, limit=10_000)["events"])

        before = count_lines()
        context.admin.invoke(function, {"Records": []})
        return count_lines() > before

    return scenario


def _is_allowed(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
            raise
        return False
    except Unavailable:
        return False
    return True

"""The context of a scenario: a user, the owner of the deployment, and files whose events are lost."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from functions.domain.errors import Unavailable
from tests.journeys.admin_client import AdminClient, SweepFailedError
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4, png
from tests.journeys.multipart_upload import start_upload
from tests.journeys.roles import Permission, Roles

_NEVER = 1 << 40
"""Seconds since 1970."""
IN_A_THOUSAND_YEARS = "3026-01-01T00:00:00+00:00"


@dataclass(frozen=True)
class StagedFile:
    """A file in staging whose event is lost. `version` is S3's."""

    document_id: str
    key: str
    version: str

    @property
    def stored_key(self) -> str:
        return self.key.replace("staging/", "documents/")

    @property
    def rendition_key(self) -> str:
        return f"{self.key.replace('staging/', 'renditions/')}/step/one"

    @property
    def owner(self) -> str:
        return self.key.split("/")[1]


_NO_DOCUMENT = "01890000-0000-7000-8000-000000000000"
NO_FILE = StagedFile(_NO_DOCUMENT, f"staging/no-owner/{_NO_DOCUMENT}", "no-version")


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
    def stage_file(self, *, in_parts: bool = False) -> Iterator[StagedFile]:
        """Uploads a file and loses its event. Until the end no event is delivered, and then all are deleted."""
        with self.event_sources.pause():
            document_id = self._upload_in_parts() if in_parts else self._upload()
            self.admin.lose_event()
            staged = self._find_staged(document_id)
            try:
                yield staged
            finally:
                self.purge_queue("ObjectCreated")
                self.never_due(staged.document_id)
                self.s3.delete_object(Bucket=self.bucket, Key=staged.key, VersionId=staged.version)

    def _upload(self) -> str:
        data = png()
        created = self.ada.create(data, "a.png", "image/png")
        assert self.ada.put(created["upload"], data).status_code == 200
        return str(created["document"]["id"])

    def _upload_in_parts(self) -> str:
        upload = start_upload(self.ada, mp4(1000))
        upload.put_all()
        assert upload.complete().status_code == 200
        return upload.id

    def never_due(self, document_id: str) -> None:
        """Moves the times of a record into the future, so that no later sweep finds it."""
        record = self.admin.get_item(document_id)
        due = {"next_check_at": _NEVER} if "next_check_at" in record else {}
        times = {"upload_deadline", "lease_until", "purge_after"} & record.keys()
        self.admin.update_item(document_id, **due, **dict.fromkeys(times, IN_A_THOUSAND_YEARS))

    def _find_staged(self, document_id: str) -> StagedFile:
        listed = self.s3.list_object_versions(Bucket=self.bucket, Prefix="staging/")["Versions"]
        [version] = [version for version in listed if version["Key"].endswith(document_id)]
        return StagedFile(document_id, version["Key"], version["VersionId"])

    def deliver(self, staged: StagedFile) -> bool:
        """Invokes `pipeline` with the event of the file. Returns whether it is done with the message."""
        object_ = {"key": staged.key, "versionId": staged.version}
        event = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": self.bucket}, "object": object_}}
        return self.handle("Pipeline", "ObjectCreated", json.dumps({"Records": [event]}))

    def handle(
        self, function: str, queue: str, body: str, receipt: str = "no-such-receipt", received: str = "1"
    ) -> bool:
        """Invokes a function with one message of a queue. Returns whether it is done with the message.

        A message that met a fault, such as a missing permission, is sent anew. It is purged here.
        """
        message = {
            "messageId": "one",
            "receiptHandle": receipt,
            "body": body,
            "attributes": {"ApproximateReceiveCount": received},
            "eventSourceARN": self.admin.queue_arn(queue),
        }
        before = self._count_all_messages(queue)
        result = self.admin.invoke(function, {"Records": [message]})
        if self._count_all_messages(queue) > before:
            self.purge_queue(queue)
            return False
        return result is not None and result["batchItemFailures"] == []

    def _count_all_messages(self, queue: str) -> int:
        return self.count_messages(queue, "", "NotVisible", "Delayed")

    def sweep(self) -> dict[str, int] | None:
        """Runs one sweep. Returns its outcomes without the deleted versions, or None if it failed."""
        try:
            return self.admin.sweep_records()
        except SweepFailedError:
            return None

    def is_ready(self, document_id: str) -> bool:
        return bool(self.ada.get_document(document_id)["status"] == "ready")

    def send(self, queue: str, body: str) -> None:
        self.admin.client("sqs").send_message(QueueUrl=self.admin.queue_url(queue), MessageBody=body)

    def count_messages(self, queue: str, *kinds: str) -> int:
        return self.admin.count_messages(self.admin.queue_url(queue), *kinds)

    def purge_queue(self, queue: str) -> None:
        self.admin.client("sqs").purge_queue(QueueUrl=self.admin.queue_url(queue))

    def copy(self, staged: StagedFile) -> None:
        """Promotes a file as the pipeline does, without an update of the record."""
        self.s3.copy_object(
            Bucket=self.bucket,
            Key=staged.stored_key,
            CopySource={"Bucket": self.bucket, "Key": staged.key, "VersionId": staged.version},
            Metadata={"source-version": staged.version},
            MetadataDirective="REPLACE",
            ChecksumAlgorithm="SHA256",
        )


Scenario = Callable[[ScenarioContext], bool]
ProveNeed = Callable[[Permission, Scenario], None]


def is_allowed(call: Callable[[], object]) -> bool:
    """Returns whether AWS allows a call. Raises ClientError for any other error of AWS."""
    try:
        call()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
            raise
        return False
    except Unavailable:
        return False
    return True

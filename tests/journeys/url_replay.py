"""A client that uses one URL to upload again and again, with every event of S3 delivered twice."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient


@dataclass(frozen=True)
class UrlReplay:
    """Sends `data` to the URL of `created`, without a pause between tries. `statuses` counts the responses of S3."""

    client: ApiClient
    admin: AdminClient
    created: dict[str, Any]
    data: bytes
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def id(self) -> str:
        return str(self.created["document"]["id"])

    @property
    def tries(self) -> int:
        return self.statuses.total()

    def run(self, stop: threading.Event) -> None:
        """Tries until `stop` is set."""
        while not stop.is_set():
            status = self.client.put(self.created["upload"], self.data).status_code
            self.statuses[status] += 1
            if status == 200:
                self._repeat_event()

    def _repeat_event(self) -> None:
        """Sends the event of the newest staged version once more."""
        bucket = self.admin.stack.bucket
        listed = self.admin.client("s3").list_object_versions(Bucket=bucket, Prefix="staging/")
        versions = (each for each in listed.get("Versions", []) if each["Key"].endswith(self.id))
        staged = next(versions, None)
        if staged is None:  # The staged version is gone already, so that the next try succeeds.
            return
        object_ = {"key": staged["Key"], "versionId": staged["VersionId"]}
        event = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": object_}}
        self.admin.client("sqs").send_message(
            QueueUrl=self.admin.queue_url("ObjectCreated"), MessageBody=json.dumps({"Records": [event]})
        )

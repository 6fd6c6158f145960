"""The command `smoke`: real uploads of each method from create to purge, with the time of each step."""

import argparse
import hashlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.items import document_key
from functions.domain.keys import DocumentKey
from operate.aws_calls import translate_errors
from operate.command import Command, Result
from operate.deployment import Deployment, OperateError
from operate.http import request
from operate.records import Record, Records
from operate.samples import SAMPLES
from operate.smoke_client import SmokeClient, wait_until
from operate.stored import StoredObjects, list_prefixes
from operate.template import read_template

_STAGING_KEY = re.compile(r"staging/(?:scan/)?([0-9a-f]{32})/")
_METHODS = ("PUT", "POST", "MULTIPART")


@dataclass(frozen=True)
class Sample:
    """One file to upload. A kind that accepts forms is needed for POST, so a deployment may have no sample of it."""

    method: str
    kind: str
    content_type: str
    name: str
    data: bytes


def choose_samples(kinds: Sequence[dict[str, Any]]) -> list[Sample]:
    """Returns a sample for each method that a kind of the deployment allows."""
    chosen = {}
    for method in _METHODS:
        for kind in kinds:
            type_ = next((each for each in SAMPLES if each in kind["contentTypes"]), None)
            if type_ and method in kind["methods"] and method not in chosen:
                name, build = SAMPLES[type_]
                chosen[method] = Sample(method, kind["name"], type_, name, build())
    return [*chosen.values()]


def run_smoke(deployment: Deployment) -> Result:
    """Raises OperateError for the first step that fails, after everything is deleted."""
    if deployment.token is None:
        raise OperateError("set AIRLOCK_TOKEN to an access token of a user for this test")
    started = time.monotonic()
    client = SmokeClient(deployment.api_url, deployment.token)
    with client.step("list kinds"):
        samples = choose_samples(client.call("GET", "/kinds")["kinds"])
    if not samples:
        raise OperateError(f"no kind accepts one of {', '.join(SAMPLES)}")
    created: list[DocumentKey] = []
    try:
        for sample in samples:
            _pass_through(client, sample, created)
    finally:
        for key in created:
            _delete(client, key.document_id)
    _purge(deployment, client, created)
    return _report(client, samples, time.monotonic() - started)


def _pass_through(client: SmokeClient, sample: Sample, created: list[DocumentKey]) -> None:
    """Creates, uploads, waits, downloads, and reads a range."""
    prefix, data = sample.method, sample.data
    body = {
        "fileName": sample.name,
        "size": len(data),
        "contentType": sample.content_type,
        "kind": sample.kind,
    }
    with client.step(f"{prefix} create"):
        response = client.call("POST", "/documents", {**body, "method": prefix}, expected=(201,))
    document_id = response["document"]["id"]
    created.append(DocumentKey(_read_owner(response["upload"]), document_id))
    with client.step(f"{prefix} upload"):
        client.send(response["upload"], data)
        if prefix == "MULTIPART":
            client.call("POST", f"/documents/{document_id}/complete", expected=(200, 202))
    with client.step(f"{prefix} ready"):
        document = client.wait_until_done(document_id)
        if document["sha256"] != hashlib.sha256(data).hexdigest():
            raise OperateError("the SHA-256 of the record differs from that of the file")
    with client.step(f"{prefix} download"):
        url = client.call("GET", f"/documents/{document_id}/download")["url"]
        whole, part = request("GET", url), request("GET", url, headers={"range": "bytes=2-9"})
        if (whole.status, whole.body) != (200, data):
            raise OperateError(f"the download answers {whole.status}, or with other bytes")
        if (part.status, part.body) != (206, data[2:10]):
            raise OperateError(f"a range answers {part.status}, or with other bytes")


def _read_owner(upload: dict[str, Any]) -> str:
    """Returns the owner key in the object key of an upload, because the API does not tell it."""
    url = upload["parts"][0]["url"] if upload["method"] == "MULTIPART" else upload["url"]
    match = _STAGING_KEY.search(upload.get("fields", {}).get("key") or urlsplit(url).path)
    if match is None:
        raise OperateError("the URL of the upload has no key under staging/")
    return match[1]


def _delete(client: SmokeClient, document_id: str) -> None:
    """Deletes a document of any status, as far as the API allows."""
    with client.step("delete"):
        document = client.call("GET", f"/documents/{document_id}")
        if document["status"] in ("pending", "processing"):
            client.call("POST", f"/documents/{document_id}/abort", expected=(200, 409))
        else:
            client.call("DELETE", f"/documents/{document_id}", expected=(200, 202, 204))


def _purge(deployment: Deployment, client: SmokeClient, created: Sequence[DocumentKey]) -> None:
    """Ends the restore window of the documents, and waits until the file in parts is purged.

    Those of PUT and POST still hold their URLs' write-once promise, so the sweep purges them after the URLs have expired.
    """
    records = Records.of(deployment)
    for key in created:
        record = records.get_document(*key)
        if record is None or record["status"] != "deleted":
            raise OperateError(f"the document {key.document_id} is not deleted")
        _end_restore_window(records, record)
        if record["method"] == "MULTIPART":
            with client.step("MULTIPART purge"):
                _enqueue_purge(deployment, key)
                _wait_until_purged(StoredObjects.of(deployment), list_prefixes(*key))


def _wait_until_purged(objects: StoredObjects, prefixes: Sequence[str]) -> None:
    wait_until(lambda: not [*objects.list_versions(prefixes)], "the purge")


def _end_restore_window(records: Records, record: Record) -> None:
    """IAM action: dynamodb:UpdateItem."""
    now = datetime.now(UTC)
    values = {
        ":now": now.isoformat(),
        ":due": int(now.timestamp()),
        ":next": record["revision"] + 1,
        ":revision": record["revision"],
    }
    with translate_errors():
        records.client.update_item(
            TableName=records.table,
            Key=document_key(record["pk"], record["sk"].partition("#")[2]),
            UpdateExpression="SET purge_after = :now, next_check_at = :due, revision = :next",
            ConditionExpression="revision = :revision",
            ExpressionAttributeValues=to_item(values),
        )


def _enqueue_purge(deployment: Deployment, key: DocumentKey) -> None:
    """IAM action: sqs:SendMessage."""
    queues = read_template(deployment).list_resources("AWS::SQS::Queue")
    url = next(queue.physical_id for queue in queues if queue.logical_id.startswith("PurgeTasksQueue"))
    with translate_errors():
        body = json.dumps({"owner": key.owner, "documentId": key.document_id})
        deployment.client("sqs").send_message(QueueUrl=url, MessageBody=body)


def _report(client: SmokeClient, samples: Sequence[Sample], seconds: float) -> Result:
    methods = [sample.method for sample in samples]
    data = {
        "methods": methods,
        "seconds": round(seconds, 1),
        "steps": [{"name": name, "milliseconds": each} for name, each in client.timings],
    }
    return Result(data, _describe(client, methods, seconds))


def _describe(client: SmokeClient, methods: Sequence[str], seconds: float) -> Iterator[str]:
    for name, milliseconds in client.timings:
        yield f"{milliseconds:>7,} ms  {name}"
    for method in _METHODS:
        if method not in methods:
            yield f"        -    {method} is not tried: no kind allows it with a file that this command has"
    yield f"{seconds:.1f} s; everything is deleted. Sweeps purge the rest within an hour."


def _run(deployment: Deployment, _: argparse.Namespace) -> Result:
    return run_smoke(deployment)


COMMAND = Command("upload, download and delete real files, with timings", _run)

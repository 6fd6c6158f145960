"""The command `smoke`: real uploads of each method from create to purge, with the time of each step."""

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.items import document_key
from functions.domain.keys import DocumentKey
from functions.domain.steps import SCAN
from operate.aws_calls import translate_errors
from operate.canary import CANARIES, LABEL, choose_canary, has_scan, send_canary
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.http import request
from operate.records import Record, Records
from operate.samples import SAMPLES
from operate.smoke_client import SmokeClient, wait_until
from operate.smoke_upload import Sample, SmokeRun
from operate.stored import StoredObjects, list_prefixes
from operate.template import read_template

_METHODS = ("PUT", "POST", "MULTIPART")
_END = "{:.1f} s; everything is deleted. Sweeps purge the rest within an hour."


def choose_samples(kinds: Sequence[dict[str, Any]]) -> list[Sample]:
    """Returns a sample for each method that a kind of the deployment allows. POST needs a kind that accepts forms.

    A kind without further steps than `scan` comes first, because a step may store another file, or reject the sample.
    """
    chosen = {}
    for method in _METHODS:
        for kind in sorted(kinds, key=lambda kind: len({*kind["steps"]} - {SCAN})):
            type_ = next((each for each in SAMPLES if each in kind["contentTypes"]), None)
            if type_ and method in kind["methods"] and method not in chosen:
                name, build = SAMPLES[type_]
                chosen[method] = Sample(method, method, kind["name"], type_, name, build())
    return [*chosen.values()]


def run_smoke(deployment: Deployment) -> Result:
    """Raises OperateError for the first step that fails, after everything is deleted."""
    if deployment.token is None:
        raise OperateError("set AIRLOCK_TOKEN to an access token of a user for this test")
    started = time.monotonic()
    client = SmokeClient(deployment.api_url, deployment.token)
    with client.step("list kinds"):
        kinds = client.call("GET", "/kinds")["kinds"]
    samples, canary = choose_samples(kinds), choose_canary(kinds)
    if not samples:
        raise OperateError(f"no kind accepts one of {', '.join(SAMPLES)}")
    run = SmokeRun(client)
    try:
        for sample in samples:
            _pass_through(run, sample)
        found = send_canary(run, canary) if canary else None
    finally:
        for key, _ in run.created:
            _delete(client, key.document_id)
    _purge(deployment, run)
    untried = [*_list_untried(samples), *_describe_canary(kinds, canary)]
    data = {
        "methods": [sample.method for sample in samples],
        "malware": found,
        "seconds": round(time.monotonic() - started, 1),
        "steps": [{"name": name, "milliseconds": each} for name, each in client.timings],
    }
    return Result(data, [*_describe_steps(client), *untried, _END.format(data["seconds"])])


def _pass_through(run: SmokeRun, sample: Sample) -> None:
    """Creates, uploads, waits, downloads, and reads a range."""
    client, data = run.client, sample.data
    document_id = run.upload(sample)
    with client.step(f"{sample.label} ready"):
        document = client.wait_until_ready(document_id)
        if document["sha256"] != hashlib.sha256(data).hexdigest():
            raise OperateError("the SHA-256 of the record differs from that of the file")
    with client.step(f"{sample.label} download"):
        url = client.call("GET", f"/documents/{document_id}/download")["url"]
        whole, part = request("GET", url), request("GET", url, headers={"range": "bytes=2-9"})
        if (whole.status, whole.body) != (200, data):
            raise OperateError(f"the download answers {whole.status}, or with other bytes")
        if (part.status, part.body) != (206, data[2:10]):
            raise OperateError(f"a range answers {part.status}, or with other bytes")


def _delete(client: SmokeClient, document_id: str) -> None:
    """Deletes a document of any status, as far as the API allows."""
    with client.step("delete"):
        document = client.call("GET", f"/documents/{document_id}")
        if document["status"] in ("pending", "processing"):
            client.call("POST", f"/documents/{document_id}/abort", expected=(200, 409))
        else:
            client.call("DELETE", f"/documents/{document_id}", expected=(200, 202, 204))


def _purge(deployment: Deployment, run: SmokeRun) -> None:
    """Ends the restore window of the documents, and waits until the files in parts are purged.

    Those of PUT and POST still hold their URLs' write-once promise, so the sweep purges them after the URLs have expired.
    """
    records = Records.of(deployment)
    for key, sample in run.created:
        record = records.get_document(*key)
        if record is None or record["status"] != "deleted":
            raise OperateError(f"the document {key.document_id} is not deleted")
        _end_restore_window(records, record)
        if record["method"] == "MULTIPART":
            with run.client.step(f"{sample.label} purge"):
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


def _describe_steps(client: SmokeClient) -> Iterator[str]:
    for name, milliseconds in client.timings:
        yield f"{milliseconds:>7,} ms  {name}"


def _list_untried(samples: Sequence[Sample]) -> Iterator[str]:
    methods = [sample.method for sample in samples]
    for method in _METHODS:
        if method not in methods:
            yield f"        -    {method} is not tried: no kind allows it with a file that this command has"


def _describe_canary(kinds: Sequence[dict[str, Any]], canary: Sample | None) -> Iterator[str]:
    if canary is None and has_scan(kinds):
        yield f"        -    {LABEL} is not tried: no kind with the step `scan` accepts one of {', '.join(CANARIES)}"


def _run(deployment: Deployment, _: argparse.Namespace) -> Result:
    return run_smoke(deployment)


COMMAND = Command("upload, download and delete real files, with timings", _run)

"""The worker of the step `wordlist`: rejects a text that contains a word of the kind's list, and counts the others.

It is complete and imports nothing of Airlock. docs/steps.md describes the task and the result.
"""

import hashlib
import json
import os
import re
from typing import Any

import boto3

s3, sqs = boto3.client("s3"), boto3.client("sqs")


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Handles a batch of tasks. A task that raises comes again, because its message is reported as failed."""
    failed = []
    for message in event["Records"]:
        try:
            task = json.loads(message["body"])
            sqs.send_message(QueueUrl=os.environ["RESULTS_URL"], MessageBody=json.dumps(work(task)))
        except Exception as error:
            print(f"{type(error).__name__}: {error}")  # noqa: T201 - the log of a Lambda function
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def work(task: dict[str, Any]) -> dict[str, Any]:
    """Returns the result of one task."""
    answer = {name: task[name] for name in ("documentId", "owner", "step", "attempt", "versionId")}
    # Exactly this version: another one may have arrived since.
    stored = s3.get_object(Bucket=task["bucket"], Key=task["key"], VersionId=task["versionId"])
    words = re.findall(r"\w+", stored["Body"].read().decode("utf-8", "replace").lower())
    found = sorted(set(task["parameters"]["words"]) & set(words))
    if found:
        return answer | {"outcome": "rejected", "detail": f"The text contains the word {found[0]!r}."}
    return answer | {"outcome": "passed", "facts": {"renditions": {"report": put_report(task, len(words))}}}


def put_report(task: dict[str, Any], count: int) -> dict[str, Any]:
    """Stores the rendition `report` and returns what the result has to say of it."""
    body = json.dumps({"words": count}).encode()
    key = f"renditions/{task['owner']}/{task['documentId']}/{task['step']}/report"
    put = s3.put_object(Bucket=task["bucket"], Key=key, Body=body, ContentType="application/json")
    return {
        "versionId": put["VersionId"],
        "contentType": "application/json",
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }

"""Workers of steps in a simulation. They do what docs/steps.md asks of a worker, with calls to AWS that are observed.

A worker takes the task as a message has it. A worker that crashes gets the task again.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from functions import clients, wiring
from functions.domain.keys import renditions_prefix

Task = dict[str, Any]
Worker = Callable[[Task], None]

RENDITION = b"a smaller picture"


def check_file(task: Task) -> None:
    """Reads the version of the task and passes it."""
    _read(task)
    send_result(task, "passed")


def reject_file(task: Task) -> None:
    _read(task)
    send_result(task, "rejected", detail="It says a secret word.")


def render_file(task: Task) -> None:
    """Makes the rendition `small` and names its version in the facts."""
    _read(task)
    key = f"{renditions_prefix(task['owner'], task['documentId'])}{task['step']}/small"
    stored = clients.s3_control().put_object(
        Bucket=task["bucket"], Key=key, Body=RENDITION, ContentType="image/png"
    )
    rendition = {
        "versionId": stored["VersionId"],
        "contentType": "image/png",
        "size": len(RENDITION),
        "sha256": hashlib.sha256(RENDITION).hexdigest(),
    }
    send_result(task, "passed", facts={"renditions": {"small": rendition}})


def send_result(task: Task, outcome: str, **more: object) -> None:
    """Sends a result to the step's own queue. `more` are other fields of it."""
    names = ("documentId", "owner", "step", "attempt", "versionId")
    result = {name: task[name] for name in names} | {"outcome": outcome} | more
    url = json.loads(wiring.settings().step_queues)[task["step"]]["results"]
    clients.sqs().send_message(QueueUrl=url, MessageBody=json.dumps(result))


def _read(task: Task) -> bytes:
    response = clients.s3_control().get_object(
        Bucket=task["bucket"], Key=task["key"], VersionId=task["versionId"]
    )
    return response["Body"].read()

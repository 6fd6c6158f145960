"""Workers of steps in a simulation. They do what docs/steps.md asks of a worker, with calls to AWS that are observed.

A worker takes the task as a message has it. A worker that crashes gets the task again.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions import wiring
from functions.adapters.s3.step_objects import S3StepObjects
from functions.domain.keys import renditions_prefix
from functions.features.image.parameters import ImageParameters
from functions.features.job import Job, StepWorker
from functions.features.runner import TaskRunner
from functions.messages import step_tasks
from functions.pipeline.step import Passed
from functions.wiring import clients, queues

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


def run_shipped(worker: StepWorker) -> Worker:
    """Returns the function of a shipped step, which runs `worker`."""

    def work(task: Task) -> None:
        objects = S3StepObjects(clients.s3_control(), wiring.settings().bucket)
        runner = TaskRunner(worker, objects, queues.results_of(task["step"]))
        runner.run(step_tasks.parse(json.dumps(task)), lambda: 900)

    return work


@dataclass(frozen=True)
class RenditionMaker:
    """Makes the renditions of the step `image` without a decoder, because a process for each of them takes half a second."""

    def work(self, job: Job) -> Passed:
        parameters = ImageParameters.from_task(job.task.parameters)
        source = job.download().read_bytes()
        for name, edge in parameters.sizes.items():
            path = job.directory / name
            path.write_bytes(source + name.encode())
            job.store_rendition(name, path, "image/webp", width=edge, height=edge)
        return Passed({} if parameters.keep_original else {"keepOriginal": False})


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

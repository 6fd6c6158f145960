"""Tasks of steps in SQS messages, as docs/schemas/task.json describes them."""

import json
from datetime import datetime

from functions.domain.tasks import Task


def parse(body: str) -> Task:
    """Returns the task in a message of the pipeline. Raises ValueError or KeyError for anything else."""
    message = json.loads(body)
    deadline = message["deadline"]
    return Task(
        document_id=message["documentId"],
        owner=message["owner"],
        step=message["step"],
        attempt=message["attempt"],
        bucket=message["bucket"],
        key=message["key"],
        version=message["versionId"],
        size=message["size"],
        content_type=message["contentType"],
        parameters=message["parameters"],
        deadline=datetime.fromisoformat(deadline) if deadline is not None else None,
    )

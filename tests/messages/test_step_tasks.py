"""Tasks of steps: what the queue sends is parsed back, and anything else is an error."""

import json
from datetime import timedelta

import pytest

from functions.domain.tasks import Task
from functions.messages import step_tasks
from tests.examples import BUCKET, NOW, OWNER, an_id

MESSAGE = {
    "documentId": an_id(),
    "owner": OWNER,
    "step": "check",
    "attempt": 2,
    "bucket": BUCKET,
    "key": f"staging/{OWNER}/{an_id()}",
    "versionId": "v1",
    "size": 70,
    "contentType": "image/png",
    "parameters": {"words": ["secret"]},
    "deadline": "2026-05-04T12:10:00+00:00",
}


def test_a_task_has_the_fields_of_its_message() -> None:
    assert step_tasks.parse(json.dumps(MESSAGE)) == Task(
        document_id=an_id(),
        owner=OWNER,
        step="check",
        attempt=2,
        bucket=BUCKET,
        key=f"staging/{OWNER}/{an_id()}",
        version="v1",
        size=70,
        content_type="image/png",
        parameters={"words": ["secret"]},
        deadline=NOW + timedelta(minutes=10),
    )


@pytest.mark.parametrize("name", MESSAGE)
def test_a_task_needs_every_field(name: str) -> None:
    with pytest.raises(KeyError):
        step_tasks.parse(json.dumps({key: value for key, value in MESSAGE.items() if key != name}))


@pytest.mark.parametrize("body", ["", "no JSON", json.dumps(MESSAGE | {"deadline": "soon"})])
def test_a_message_that_is_no_task_is_an_error(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the messages of json.loads differ
        step_tasks.parse(body)

"""A task for the worker of a step, with its staged file."""

from typing import Any

from functions.domain.keys import staging_key
from functions.domain.tasks import Task
from tests.examples import NOW, OWNER, an_id
from tests.fake_step_objects import InMemoryStepObjects


def a_task(objects: InMemoryStepObjects, body: bytes, step: str, content_type: str, **changes: Any) -> Task:
    """Stages the body. Returns the task of the first attempt on it, without parameters."""
    key = staging_key(OWNER, an_id())
    values: dict[str, Any] = {
        "document_id": an_id(),
        "owner": OWNER,
        "step": step,
        "attempt": 1,
        "bucket": "a-bucket",
        "key": key,
        "version": objects.store.put(key, body),
        "size": len(body),
        "content_type": content_type,
        "parameters": {},
        "deadline": NOW,
    }
    return Task(**values | changes)

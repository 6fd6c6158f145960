"""The worker of the step `image`: from a job to renditions in the store, or a rejection."""

import hashlib
import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.steps import parse_renditions
from functions.domain.tasks import Task, TaskOutcome, TaskResult
from functions.features.image.parameters import parse_parameters
from functions.features.image.worker import MAX_FILE, create_worker
from functions.features.runner import TaskRunner
from tests.examples import OWNER, an_id
from tests.fake_step_objects import InMemoryStepObjects
from tests.fakes import InMemoryResultQueue
from tests.features.image.samples import SECRETS, phone_photo
from tests.features.tasks import a_task

RENDITIONS = f"renditions/{OWNER}/{an_id()}/image"


def an_image_task(
    objects: InMemoryStepObjects, body: bytes, content_type: str = "image/jpeg", **values: Any
) -> Task:
    return a_task(objects, body, "image", content_type, parameters=parse_parameters("", values))


@pytest.fixture
def objects() -> InMemoryStepObjects:
    return InMemoryStepObjects()


def run(objects: InMemoryStepObjects, task: Task) -> TaskResult:
    results = InMemoryResultQueue()
    TaskRunner(create_worker(), objects, results).run(task, lambda: 120)
    [result] = results.results
    return result


def test_a_photo_becomes_renditions_of_which_the_facts_are_true(objects: InMemoryStepObjects) -> None:
    sizes = {"card": 64, "icon": 16}
    result = run(objects, an_image_task(objects, phone_photo(400, 300), sizes=sizes, format="webp"))
    assert result.outcome is TaskOutcome.PASSED
    renditions = parse_renditions("image", result.facts["renditions"])
    assert [(each.name, each.width, each.height) for each in renditions] == [
        ("card", 48, 64),
        ("icon", 12, 16),
    ]
    for each in renditions:
        held = objects.store.keys[f"{RENDITIONS}/{each.name}"][each.version]
        assert (held.content_type, each.content_type) == ("image/webp", "image/webp")
        assert (len(held.body), hashlib.sha256(held.body).hexdigest()) == (each.size, each.sha256)
        assert Image.open(io.BytesIO(held.body)).size == (each.width, each.height)
        assert not any(secret in held.body for secret in SECRETS)


@pytest.mark.parametrize(("keep", "expected"), [(True, None), (False, False)])
def test_the_original_is_kept_unless_the_kind_says_no(
    objects: InMemoryStepObjects, keep: bool, expected: bool | None
) -> None:
    result = run(objects, an_image_task(objects, phone_photo(), sizes={"only": 8}, keep_original=keep))
    assert result.facts.get("keepOriginal") is expected


def test_a_rejected_image_leaves_no_rendition(objects: InMemoryStepObjects) -> None:
    result = run(objects, an_image_task(objects, phone_photo()[:500]))
    assert (result.outcome, result.code) == (TaskOutcome.REJECTED, Code.IMAGE_UNREADABLE)
    assert result.detail == "The image is damaged."
    assert [key for key in objects.store.keys if key.startswith("renditions/")] == []


def test_a_file_that_does_not_fit_into_the_function_is_rejected_unread(objects: InMemoryStepObjects) -> None:
    task = replace(an_image_task(objects, phone_photo()), size=MAX_FILE + 1)
    result = run(objects, task)
    assert (result.code, result.detail) == (Code.IMAGE_TOO_LARGE, "The file has more than 256 MiB.")


def test_an_outage_is_not_the_files_fault(objects: InMemoryStepObjects) -> None:
    task = an_image_task(objects, phone_photo())
    objects.is_down = True
    with pytest.raises(Unavailable):
        run(objects, task)

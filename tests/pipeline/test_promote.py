"""The step `promote` after workers: the type of the copy, and an original that is replaced by renditions."""

import pytest

from functions.domain.document import Status
from functions.domain.errors import IntegrityError
from functions.domain.keys import documents_key
from functions.domain.steps import Json
from functions.pipeline.engine import Outcome
from tests.examples import OWNER, an_id
from tests.worker_scenario import THUMB, WorkerScenario


def test_a_step_may_replace_the_original_by_its_renditions() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.answer("check")
    assert scenario.answer("render", facts={**THUMB, "keepOriginal": False}) is Outcome.READY
    assert scenario.document.stored_version is None
    assert scenario.document.reserved_bytes == scenario.document.renditions[0].size
    assert documents_key(OWNER, an_id()) not in scenario.objects.keys


@pytest.mark.parametrize("content_type", ["text/html", None, 7])
def test_the_type_that_a_worker_finds_is_not_the_type_of_the_document(content_type: Json) -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.answer("check", facts={"contentType": content_type})
    assert scenario.task("render").content_type == "image/png"
    assert scenario.answer("render", facts={"contentType": content_type}) is Outcome.READY
    [stored] = scenario.objects.keys[documents_key(OWNER, an_id())].values()
    assert (stored.content_type, scenario.document.content_type) == ("image/png", "image/png")


@pytest.mark.parametrize("facts", [{"keepOriginal": True}, {"keepOriginal": None}, {"renditions": {}}])
def test_a_later_step_neither_brings_back_the_original_nor_hides_the_renditions_of_another(
    facts: dict[str, Json],
) -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.answer("check", facts={**THUMB, "keepOriginal": False})
    assert scenario.answer("render", facts=facts) is Outcome.READY
    assert (scenario.document.stored_version, len(scenario.document.renditions)) == (None, 1)


def test_without_a_rendition_the_original_must_be_kept() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.answer("check")
    with pytest.raises(IntegrityError):
        scenario.answer("render", facts={"keepOriginal": False})
    assert scenario.document.status is Status.PROCESSING

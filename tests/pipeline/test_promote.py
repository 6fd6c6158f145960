"""The step `promote` of a document whose original is replaced by renditions."""

import pytest

from functions.domain.document import Status
from functions.domain.errors import IntegrityError
from functions.domain.keys import documents_key
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


def test_without_a_rendition_the_original_must_be_kept() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.answer("check")
    with pytest.raises(IntegrityError):
        scenario.answer("render", facts={"keepOriginal": False})
    assert scenario.document.status is Status.PROCESSING

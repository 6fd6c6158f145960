"""The run of a form's file that was not known when the form was signed: its size, its name and its type."""

import pytest

from functions.domain.codes import Code
from functions.domain.document import UNNAMED, Document, Method, Status
from functions.domain.kinds import Kinds
from functions.pipeline.engine import Outcome
from tests.examples import NOW, OWNER, PDF, PNG, a_document
from tests.pipeline_scenario import STAGED, PipelineScenario

MAXIMUM = 900


def expect_form(scenario: PipelineScenario, **changes: object) -> None:
    values: dict[str, object] = {"file_name": UNNAMED, "title": UNNAMED, "size": MAXIMUM, "max_size": MAXIMUM}
    values |= {"declared_content_type": "application/octet-stream", "method": Method.POST}
    scenario.expect(a_document(**values | changes))


def process(body: bytes, name: str | None, **changes: object) -> Document:
    scenario = PipelineScenario()
    expect_form(scenario, **changes)
    scenario.deliver(scenario.objects.put(STAGED, body, file_name=name))
    return scenario.document


@pytest.mark.parametrize(
    ("name", "kept"), [("cat.png", "cat.png"), ("cat.jpg", "cat.jpg"), ("cat", "cat"), (None, UNNAMED)]
)
def test_the_type_is_that_of_the_bytes(name: str | None, kept: str) -> None:
    document = process(PNG, name)
    assert (document.status, document.content_type, document.file_name) == (Status.READY, "image/png", kept)
    assert (document.size, document.reserved_bytes) == (len(PNG), len(PNG))


@pytest.mark.parametrize(
    ("name", "reason"),
    [("a.pdf", Code.TYPE_NOT_ALLOWED), ("a.png", Code.TYPE_MISMATCH), (None, Code.TYPE_NOT_ALLOWED)],
)
def test_a_type_that_the_kind_does_not_accept_is_rejected(name: str | None, reason: Code) -> None:
    document = process(PDF, name)
    assert (document.status, document.reason, document.reserved_bytes) == (Status.REJECTED, reason, 0)


def test_a_strict_kind_accepts_what_it_lists_whatever_the_name_says() -> None:
    scenario = PipelineScenario()
    types = ["image/png", "image/jpeg"]
    scenario.kinds = Kinds({"image": {"content_types": types, "max_bytes": 1_000, "strict_types": True}})
    expect_form(scenario)
    scenario.deliver(scenario.objects.put(STAGED, PNG, file_name="cat.jpg"))
    assert (scenario.document.status, scenario.document.content_type) == (Status.READY, "image/png")


def test_a_file_above_the_maximum_is_rejected() -> None:
    assert process(PNG + bytes(MAXIMUM), "cat.png").reason == Code.SIZE_MISMATCH


def test_the_usage_is_that_of_the_file_after_any_number_of_deliveries() -> None:
    scenario = PipelineScenario()
    expect_form(scenario)
    assert scenario.repository.usage(OWNER, NOW).daily_bytes == MAXIMUM
    version = scenario.objects.put(STAGED, PNG, file_name="cat.png")
    scenario.redeliver(version, version, version)
    usage = scenario.repository.usage(OWNER, NOW)
    assert (usage.reserved_bytes, usage.daily_bytes, usage.open_uploads) == (len(PNG), len(PNG), 0)


def test_a_form_that_is_sent_twice_counts_the_day_bytes_of_both_files() -> None:
    scenario = PipelineScenario()
    expect_form(scenario)
    first = scenario.objects.put(STAGED, PNG, file_name="cat.png")
    second = scenario.objects.put(STAGED, PNG + b"more", file_name="dog.png")
    assert scenario.deliver(first) is Outcome.READY
    assert scenario.deliver(second) is Outcome.ORPHANED_VERSION
    usage = scenario.repository.usage(OWNER, NOW)
    assert (usage.reserved_bytes, usage.daily_bytes) == (len(PNG), 2 * len(PNG) + 4)
    assert scenario.document.file_name == "cat.png"

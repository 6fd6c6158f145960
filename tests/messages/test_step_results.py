"""Results of step workers: the queue says which step speaks, and garbage is an error."""

import json
from typing import Any

import pytest

from functions.domain.parts import MAX_OBJECT
from functions.domain.tasks import TaskOutcome, TaskResult
from functions.messages.step_results import MAX_FACTS, parse
from tests.domain.step_examples import rendition_facts
from tests.examples import OWNER, an_id

MESSAGE: dict[str, Any] = {
    "documentId": an_id(),
    "owner": OWNER,
    "attempt": 2,
    "versionId": "v1",
    "outcome": "passed",
}


GARBAGE: dict[str, list[Any]] = {
    "documentId": [1, "", "x", f"../{an_id()}", an_id().upper()],
    "owner": [1, "\ud800"],
    "attempt": ["2", 2.0, True],
    "versionId": [1, "\ud800"],
    "outcome": ["", "PASSED", "clean", "ready", 1, True],
    # The code is the reason of a rejection, neither any other code of the API nor a sentence.
    "code": ["", "infected", "document_not_found", 1, []],
    "detail": ["x" * 501, 1, ["a detail"], {}, "\ud800"],
    "facts": [
        *([], "clean", 1, True),
        {"text": "x" * MAX_FACTS},
        # Bytes count, not characters.
        {"text": "ä" * (MAX_FACTS // 2)},
        # The table stores none of these.
        *({"score": number} for number in (float("nan"), float("inf"), -float("inf"))),
        {"deep": [{"score": float("nan")}]},
        *({"text": "\ud800"}, {"\udfff": 1}),
        *[{"renditions": each} for each in (None, "thumb", 1)],
        {"renditions": []},
        {"renditions": {"../thumb": rendition_facts()}},
        {"renditions": {"thumb": rendition_facts(versionId=None)}},
        {"renditions": {"thumb": rendition_facts(sha256="AB" * 32)}},
        # S3 has no larger object, and DynamoDB no number of more than 38 digits.
        *({"renditions": {"thumb": rendition_facts(size=size)}} for size in (MAX_OBJECT + 1, 10**40)),
    ],
}


def body(**changes: Any) -> str:
    return json.dumps(MESSAGE | changes)


def without(name: str) -> str:
    return json.dumps({key: value for key, value in MESSAGE.items() if key != name})


def test_a_verdict_needs_no_more_than_version_attempt_and_outcome() -> None:
    assert parse(body(), "check") == TaskResult(
        document_id=an_id(),
        owner=OWNER,
        step="check",
        attempt=2,
        version="v1",
        outcome=TaskOutcome.PASSED,
    )


def test_a_result_has_a_code_a_detail_and_facts() -> None:
    facts = {"renditions": {"thumb": rendition_facts()}, "pages": 3}
    result = parse(
        body(outcome="rejected", code="step_rejected", detail="A word is forbidden.", facts=facts), "render"
    )
    assert (result.outcome, result.code) == (TaskOutcome.REJECTED, "step_rejected")
    assert (result.detail, result.facts) == ("A word is forbidden.", facts)


@pytest.mark.parametrize("outcome", ["passed", "rejected", "unavailable", "progress"])
def test_every_outcome_is_known(outcome: str) -> None:
    assert parse(body(outcome=outcome), "check").outcome.value == outcome


@pytest.mark.parametrize("step", ["scan", "promote", "", None, 1, ["check"]])
def test_the_step_is_that_of_the_queue_whatever_the_body_says(step: object) -> None:
    assert parse(body(step=step), "check").step == "check"


@pytest.mark.parametrize(
    "text",
    [
        *("", "no JSON", "null", "[]", "1", '"passed"', "{}"),
        pytest.param("[" * 100_000, id="nested without end"),
        *(without(name) for name in MESSAGE),
        *(body(**{name: None}) for name in MESSAGE),
        *(body(**{name: value}) for name, values in GARBAGE.items() for value in values),
        body(facts={"score": 1}).replace("1}", "1e999}"),
    ],
    ids=lambda text: text[-60:],
)
def test_anything_else_is_no_result(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each kind of garbage has its own message
        parse(text, "check")


def test_facts_may_have_8_kib_and_a_detail_500_characters() -> None:
    facts = {"text": "x" * (MAX_FACTS - len('{"text": ""}'))}
    result = parse(body(facts=facts, detail="ä" * 500), "check")
    assert (result.facts, result.detail) == (facts, "ä" * 500)
    with pytest.raises(ValueError, match="8192 bytes"):
        parse(body(facts={"text": facts["text"] + "x"}), "check")

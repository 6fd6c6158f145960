"""Renditions in the facts of a step, and the built-in steps that a record leaves out."""

import pytest

from functions.domain.steps import (
    Json,
    Rendition,
    StepRecord,
    StepStatus,
    built_in_records,
    parse_renditions,
    renditions_of,
)
from tests.domain.step_examples import (
    SHA256,
    a_passed_step,
    a_rejected_step,
    a_render_step,
    a_waiting_step,
    rendition_facts,
)
from tests.examples import NOW


def outcomes(records: tuple[StepRecord, ...]) -> list[tuple[str, str, str | None]]:
    return [(record.name, record.status.value, record.code) for record in records]


def test_a_rendition_has_the_values_of_its_facts_and_the_name_of_its_step() -> None:
    [rendition] = parse_renditions("render", {"thumb": rendition_facts(width=640, height=480, quality=80)})
    assert rendition == Rendition(
        name="thumb",
        step="render",
        version="r1",
        content_type="image/webp",
        size=30,
        sha256=SHA256,
        width=640,
        height=480,
    )


def test_what_is_not_an_image_has_no_width_and_no_height() -> None:
    [rendition] = parse_renditions("render", {"text": rendition_facts(width=None)})
    assert (rendition.width, rendition.height) == (None, None)


@pytest.mark.parametrize("name", ["a", "thumb.webp", "0-9_A", "x" * 64])
def test_a_name_of_a_rendition_is_a_safe_part_of_a_key(name: str) -> None:
    assert parse_renditions("render", {name: rendition_facts()})[0].name == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".hidden", "-x", "a/b", "a b", "a\n", "ä", "x" * 65, "\u0661"]
)
def test_any_other_name_of_a_rendition_is_invalid(name: str) -> None:
    with pytest.raises(ValueError, match="name of a rendition"):
        parse_renditions("render", {name: rendition_facts()})


@pytest.mark.parametrize(
    "change",
    [
        *({name: None} for name in ("versionId", "contentType", "size", "sha256")),
        {"versionId": ""},
        {"versionId": "null"},
        {"versionId": 1},
        {"contentType": ["image/webp"]},
        {"size": -1},
        {"size": 1.5},
        {"size": "30"},
        {"size": True},
        {"sha256": "AB" * 32},
        {"sha256": "ab" * 31},
        {"sha256": SHA256 + "\n"},
        {"width": 0},
        {"width": -1},
        {"width": "640"},
        {"width": True},
        {"height": 1.5},
    ],
    ids=str,
)
def test_a_rendition_with_a_wrong_or_a_missing_fact_is_invalid(change: dict[str, Json]) -> None:
    with pytest.raises(ValueError, match="rendition"):
        parse_renditions("render", {"thumb": rendition_facts(**change)})


@pytest.mark.parametrize("facts", [None, [], "thumb", 1, {"thumb": None}, {"thumb": []}, {"thumb": {}}])
def test_what_is_not_an_object_of_objects_is_invalid(facts: Json) -> None:
    with pytest.raises(ValueError, match="rendition"):
        parse_renditions("render", facts)


def test_a_step_makes_at_most_50_renditions() -> None:
    facts: dict[str, Json] = {f"page-{number}": rendition_facts() for number in range(51)}
    with pytest.raises(ValueError, match="at most 50"):
        parse_renditions("render", facts)
    del facts["page-0"]
    assert len(parse_renditions("render", facts)) == 50


def test_renditions_come_in_the_order_of_the_steps_and_the_first_of_equal_names_counts() -> None:
    first = a_passed_step(
        "small", facts={"renditions": {"thumb": rendition_facts(1), "b": rendition_facts(2)}}
    )
    second = a_passed_step(
        "large", facts={"renditions": {"a": rendition_facts(3), "thumb": rendition_facts(4)}}
    )
    found = [(rendition.name, rendition.step, rendition.size) for rendition in renditions_of([first, second])]
    assert found == [("thumb", "small", 1), ("b", "small", 2), ("a", "large", 3)]


def test_only_a_step_that_has_passed_has_renditions() -> None:
    facts = a_render_step("thumb").facts
    assert (
        list(renditions_of([a_rejected_step(facts=facts), a_waiting_step(facts=facts), a_passed_step()]))
        == []
    )
    assert len(list(renditions_of([a_render_step("thumb")]))) == 1


@pytest.mark.parametrize(
    ("steps", "reason", "expected"),
    [
        ([], None, ["size", "type", "promote"]),
        ([a_passed_step()], None, ["size", "type", "check", "promote"]),
        ([], "size_mismatch", ["size!"]),
        ([], "type_mismatch", ["size", "type!"]),
        ([], "type_not_allowed", ["size", "type!"]),
        ([], "suspicious_content", ["size", "type!"]),
        ([a_rejected_step()], "step_rejected", ["size", "type", "check!"]),
        # A worker may use the code of a built-in step.
        ([a_rejected_step(code="suspicious_content")], "suspicious_content", ["size", "type", "check!"]),
        ([a_rejected_step(code="size_mismatch")], "size_mismatch", ["size", "type", "check!"]),
        # A verdict that came before its turn is kept, although an earlier step has rejected the file.
        ([a_rejected_step()], "size_mismatch", ["size!", "check!"]),
        # The deployment that wrote this code was replaced.
        ([], "a_former_code", ["size", "type"]),
    ],
)
def test_the_built_in_steps_are_those_that_the_status_implies(
    steps: list[StepRecord], reason: str | None, expected: list[str]
) -> None:
    records = built_in_records(steps, reason, NOW)
    assert [
        record.name + ("!" if record.status is StepStatus.REJECTED else "") for record in records
    ] == expected
    assert {record.at for record in records} == {NOW}
    rejecting = [record.code for record in records if record.status is StepStatus.REJECTED]
    assert rejecting in ([], [reason], [reason, "step_rejected"])


def test_a_built_in_step_that_the_record_holds_is_shown_once() -> None:
    steps = [a_passed_step("size"), a_passed_step("type"), a_passed_step(), a_passed_step("promote")]
    assert outcomes(built_in_records(steps, None, NOW)) == [
        (name, "passed", None) for name in ("size", "type", "check", "promote")
    ]

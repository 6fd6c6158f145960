"""Kinds: the choice of one, invalid files, and the `kinds.toml` of this repository."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import functions
from functions.domain.errors import AirlockError, InvalidInput
from functions.domain.kinds import Kinds
from functions.domain.parts import MAX_OBJECT
from functions.domain.step_definitions import StepDefinition
from tests.examples import KINDS

SHIPPED = Path(str(functions.__file__)).with_name("kinds.toml")


VALID: dict[str, Any] = {"content_types": ["image/png"], "max_bytes": 1}
STEPS: dict[str, Any] = {"scan": {}, "check": {"timeout": 600, "parameters": {"words": "strings"}}}


def rejection(name: str | None, content_type: str, size: int) -> AirlockError:
    with pytest.raises(AirlockError) as error:
        KINDS.choose(name, content_type, size)
    return error.value


def test_without_a_name_the_first_kind_that_accepts_the_type_is_chosen() -> None:
    assert KINDS.choose(None, "image/jpeg", 10).name == "image"
    assert KINDS.choose(None, "text/plain", 10).name == "text"


def test_a_name_chooses_its_kind() -> None:
    assert KINDS.choose("photo", "image/jpeg", 100_000).name == "photo"


def test_an_unknown_kind_is_an_error_of_the_field_kind() -> None:
    error = rejection("video", "image/png", 10)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("validation_failed", "kind")
    assert "image, text, photo" in error.detail


@pytest.mark.parametrize(("name", "content_type"), [(None, "text/html"), ("photo", "image/png")])
def test_a_content_type_that_the_kind_does_not_accept_is_rejected(
    name: str | None, content_type: str
) -> None:
    error = rejection(name, content_type, 10)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("content_type_not_allowed", "contentType")


def test_the_maximum_size_is_accepted_and_one_byte_more_is_too_large() -> None:
    assert KINDS.choose("image", "image/png", 1000).max_bytes == 1000
    error = rejection("image", "image/png", 1001)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("file_too_large", "size")


def test_the_content_type_is_checked_before_the_size() -> None:
    assert isinstance(rejection("photo", "image/png", 10**9), InvalidInput)


def test_a_kind_that_is_no_longer_deployed_is_none() -> None:
    assert KINDS.get("image") is not None
    assert KINDS.get("dropped") is None


def test_a_content_type_in_the_file_may_be_an_alias() -> None:
    kinds = Kinds({"image": {"content_types": ["Image/JPG"], "max_bytes": 1}})
    assert kinds.choose(None, "image/jpeg", 1).name == "image"


def test_a_type_that_detection_does_not_know_needs_the_setting_unchecked() -> None:
    policy = {"content_types": ["model/vnd.made-up", "image/png"], "max_bytes": 1}
    with pytest.raises(ValueError, match=r"picture .*does not know: model/vnd.made-up; .*unchecked = true"):
        Kinds({"picture": policy})
    kind = Kinds({"picture": policy | {"unchecked": True}}).get("picture")
    assert kind is not None
    assert (kind.unchecked, kind.strict_types) == (True, False)


def test_a_kind_accepts_its_types_and_without_a_name_any_kind_does() -> None:
    assert KINDS.accepts("photo", "image/jpeg")
    assert not KINDS.accepts("photo", "image/png")
    assert KINDS.accepts(None, "image/png")
    assert not KINDS.accepts(None, "text/html")
    with pytest.raises(InvalidInput):
        KINDS.accepts("video", "image/png")


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"content_types": ["image/png"]},
        {"max_bytes": 1},
        {"content_types": "image/png", "max_bytes": 1},
        {"content_types": [], "max_bytes": 1},
        {"content_types": [1], "max_bytes": 1},
        {"content_types": ["png"], "max_bytes": 1},
        {"content_types": ["image/png"], "max_bytes": 0},
        {"content_types": ["image/png"], "max_bytes": "1"},
        {"content_types": ["image/png"], "max_bytes": True},
        {"content_types": ["image/png"], "max_bytes": MAX_OBJECT + 1},
        {"content_types": ["image/png"], "max_bytes": 1, "max_byte": 1},
        *(
            VALID | {flag: value}
            for flag in ("forms", "strict_types", "unchecked", "allow_passwords")
            for value in ("yes", 1, None)
        ),
        {"content_types": ["image/png", "model/vnd.made-up"], "max_bytes": 1},
        {"content_types": ["application/octet-stream"], "max_bytes": 1},
        *(VALID | {"steps": steps} for steps in ("check", ["missing"], [1], ["scan", "scan"], None)),
        *(VALID | {"steps": [name]} for name in ("size", "type", "promote")),
        # Parameters of a step that the kind does not list, a missing one, a wrong one.
        VALID | {"check": {"words": ["secret"]}},
        VALID | {"steps": ["check"]},
        VALID | {"steps": ["check"], "check": {"words": "secret"}},
        VALID | {"steps": ["check"], "check": {"words": ["secret"], "word": 1}},
        VALID | {"steps": ["check"], "check": ["secret"]},
    ],
    ids=str,
)
def test_an_invalid_policy_is_an_error_with_the_name_of_its_kind(policy: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"kinds\.toml: .*picture"):
        Kinds({"picture": policy, "steps": STEPS})


def test_a_kind_has_its_steps_in_order_with_their_parameters() -> None:
    policy = VALID | {"steps": ["scan", "check"], "check": {"words": ["secret"]}}
    kinds = Kinds({"picture": policy, "steps": STEPS})
    kind = kinds.get("picture")
    assert kind is not None
    assert (kind.steps, kind.forms) == (("scan", "check"), False)
    assert kind.parameters == {"scan": {}, "check": {"words": ["secret"]}}
    assert kind.staging_area == "scan/"
    assert {name: each.timeout for name, each in kinds.step_definitions.items()} == {
        "scan": timedelta(minutes=30),
        "check": timedelta(minutes=10),
    }


def test_a_kind_without_steps_has_neither_parameters_nor_forms() -> None:
    kind = Kinds({"picture": VALID}).get("picture")
    assert kind is not None
    assert (kind.steps, kind.parameters, kind.forms, kind.staging_area) == ((), {}, False, "")


def test_the_error_of_an_unknown_step_lists_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown step missing; known steps: scan, check"):
        Kinds({"picture": VALID | {"steps": ["missing"]}, "steps": STEPS})
    with pytest.raises(ValueError, match="unknown step missing; known steps: none is defined"):
        Kinds({"picture": VALID | {"steps": ["missing"]}})


def find_shipped(name: str) -> StepDefinition | None:
    """A deployment that ships one step, for PNG only, whose one parameter has a default."""
    if name != "image":
        return None
    return StepDefinition(
        "image",
        timedelta(minutes=5),
        lambda _section, values: {"quality": 80} | dict(values),
        content_types=frozenset({"image/png"}),
    )


def test_a_shipped_step_needs_no_definition_and_parses_its_own_parameters() -> None:
    kinds = Kinds({"picture": VALID | {"steps": ["image"]}}, find_shipped)
    kind = kinds.get("picture")
    assert kind is not None
    assert (kind.steps, kind.parameters) == (("image",), {"image": {"quality": 80}})
    assert list(kinds.step_definitions) == ["image"]


def test_a_shipped_step_that_no_kind_lists_is_no_step_of_the_deployment() -> None:
    assert Kinds({"picture": VALID}, find_shipped).step_definitions == {}


def test_a_shipped_step_cannot_be_defined_again() -> None:
    with pytest.raises(ValueError, match=r"steps\.image needs another name"):
        Kinds({"picture": VALID, "steps": {"image": {}}}, find_shipped)


def test_a_kind_with_a_type_that_its_step_does_not_process_is_an_error() -> None:
    policy = VALID | {"content_types": ["image/png", "application/pdf"], "steps": ["image"]}
    with pytest.raises(ValueError, match="the step image of picture does not process application/pdf"):
        Kinds({"picture": policy}, find_shipped)


def test_a_kind_cannot_be_named_steps() -> None:
    with pytest.raises(ValueError, match=r"steps\.content_types"):
        Kinds({"picture": VALID, "steps": VALID})


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("picture = 1", "picture is no section"),
        ('[steps.scan]\nparameters = { engines = ["clamav"] }', "steps.scan.parameters are of the types"),
    ],
)
def test_a_value_of_another_type_is_an_error_with_its_place(file: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Kinds(tomllib.loads(file))


def test_a_file_without_kinds_is_invalid() -> None:
    for policies in ({}, {"steps": STEPS}):
        with pytest.raises(ValueError, match="no kind"):
            Kinds(policies)


def test_the_kinds_of_this_repository_are_valid() -> None:
    policies = tomllib.loads(SHIPPED.read_text("utf-8"))
    kinds = Kinds(policies)
    policies.pop("steps", None)
    for name, policy in policies.items():
        for content_type in policy["content_types"]:
            assert kinds.choose(name, content_type, policy["max_bytes"]).name == name


def test_duplicates_are_kept_unless_a_kind_says_otherwise() -> None:
    found = Kinds({"a": VALID, "b": VALID | {"duplicates": "report"}, "c": VALID | {"duplicates": "reject"}})
    assert [kind.duplicates for kind in found] == ["keep", "report", "reject"]


@pytest.mark.parametrize("value", ["", "Keep", True, None, ["keep"]])
def test_another_word_for_duplicates_is_an_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"duplicates of a is one of keep, report, reject"):
        Kinds({"a": VALID | {"duplicates": value}})

"""The section `steps` of kinds.toml: definitions, and the errors that name their section."""

from datetime import timedelta
from typing import Any

import pytest

from functions.domain.step_definitions import RequiredParameters, StepDefinition, parse_definitions

EVERY_TYPE = {"label": "string", "limit": "integer", "strict": "boolean", "words": "strings"}
VALUES: dict[str, Any] = {"label": "a", "limit": 1, "strict": False, "words": []}
CHECK = StepDefinition("check", timedelta(minutes=10), RequiredParameters(EVERY_TYPE), concurrency=20)


def test_a_definition_has_a_timeout_a_concurrency_and_parameters_with_types() -> None:
    parsed = parse_definitions({"check": {"timeout": 600, "concurrency": 20, "parameters": EVERY_TYPE}})
    assert parsed == {"check": CHECK}


def test_without_settings_a_step_has_half_an_hour_10_tasks_at_a_time_and_no_parameters() -> None:
    assert parse_definitions({"scan": {}}) == {
        "scan": StepDefinition("scan", timedelta(minutes=30), RequiredParameters(), 10)
    }


@pytest.mark.parametrize("concurrency", [2, 1_000])
def test_a_worker_may_do_2_to_1000_tasks_at_a_time(concurrency: int) -> None:
    assert parse_definitions({"check": {"concurrency": concurrency}})["check"].concurrency == concurrency


@pytest.mark.parametrize("timeout", [1, 43_200])
def test_a_timeout_may_be_a_second_or_12_hours(timeout: int) -> None:
    assert parse_definitions({"check": {"timeout": timeout}})["check"].timeout == timedelta(seconds=timeout)


@pytest.mark.parametrize(
    "name",
    [
        *("size", "type", "promote", "steps", "content_types", "max_bytes", "duplicates", "claim_within"),
        *("forms", "strict_types", "unchecked", "allow_passwords"),
        *("", "Check", "1st", "_x", "a-b", "a.b", "a b", "ä", "x" * 31),
    ],
)
def test_a_reserved_or_malformed_name_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match=rf"steps\.{name} needs another name"):
        parse_definitions({name: {}})


@pytest.mark.parametrize(
    "settings",
    [
        "check",
        [],
        {"timeouts": 1},
        *({"timeout": timeout} for timeout in (0, -1, 43_201, 1.5, "600", True, None)),
        *({"concurrency": concurrency} for concurrency in (0, 1, 1_001, 2.5, "10", True, None)),
        {"parameters": []},
        {"parameters": {"words": "list"}},
        {"parameters": {"words": ["strings"]}},
        {"parameters": {"words": 1}},
    ],
    ids=str,
)
def test_an_invalid_definition_is_an_error_that_names_its_section(settings: object) -> None:
    with pytest.raises(ValueError, match=r"kinds\.toml: steps\.check"):
        parse_definitions({"check": settings})


@pytest.mark.parametrize("section", [None, [], "check"])
def test_definitions_that_are_not_a_section_are_an_error(section: object) -> None:
    with pytest.raises(ValueError, match=r"kinds\.toml: steps is a section"):
        parse_definitions(section)


def test_parameters_of_every_type_are_accepted() -> None:
    assert CHECK.parse_parameters("image", VALUES) == VALUES


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "unknown parameters: colour; known: label, limit, strict, words"),
        ({"label": 1}, "label has the type string"),
        ({"limit": True}, "limit has the type integer"),
        ({"limit": 1.5}, "limit has the type integer"),
        ({"strict": 0}, "strict has the type boolean"),
        ({"words": "secret"}, "words has the type strings"),
        ({"words": ["secret", 1]}, "words has the type strings"),
    ],
)
def test_an_unknown_or_wrong_parameter_is_an_error_that_names_its_section(
    change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=rf"kinds\.toml: image\.check.* {message}"):
        CHECK.parse_parameters("image", VALUES | change)


@pytest.mark.parametrize("missing", VALUES)
def test_a_missing_parameter_is_an_error(missing: str) -> None:
    values = {name: value for name, value in VALUES.items() if name != missing}
    with pytest.raises(ValueError, match=rf"image\.check needs the parameter {missing}"):
        CHECK.parse_parameters("image", values)


def test_a_step_without_parameters_says_so() -> None:
    with pytest.raises(ValueError, match="known: there is none"):
        StepDefinition("scan", timedelta(minutes=30)).parse_parameters("image", {"deep": True})


@pytest.mark.parametrize("values", [None, [], "secret"])
def test_parameters_that_are_not_a_section_are_an_error(values: object) -> None:
    with pytest.raises(ValueError, match=r"image\.check is a section of parameters"):
        CHECK.parse_parameters("image", values)

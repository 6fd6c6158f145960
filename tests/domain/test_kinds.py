"""Kinds: the choice of one, invalid files, and the `kinds.toml` of this repository."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import functions
from functions.domain.errors import AirlockError, InvalidInput
from functions.domain.kinds import Kinds
from functions.domain.parts import MAX_OBJECT
from tests.examples import KINDS

SHIPPED = Path(str(functions.__file__)).with_name("kinds.toml")


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
    ],
)
def test_an_invalid_policy_is_an_error_with_the_name_of_its_kind(policy: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="picture"):
        Kinds({"picture": policy})


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
    with pytest.raises(ValueError, match="no kind"):
        Kinds({})


def test_the_kinds_of_this_repository_are_valid() -> None:
    policies = tomllib.loads(SHIPPED.read_text("utf-8"))
    kinds = Kinds(policies)
    for name, policy in policies.items():
        for content_type in policy["content_types"]:
            assert kinds.choose(name, content_type, policy["max_bytes"]).name == name
